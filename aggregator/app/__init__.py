"""The only wiring: config, clock and rooms become a wire that runs.

clock     the one place that asks what time it is
configuring  a config folder, read with the rules and formats of this house
wire      Wire: the rooms of one config folder, and what can be done with them
printing  keeps the files of all publications up to date
editions  what a publication shows, known before it is read whole
round     one full round of what is due, with its summary
press     publishes soon after something changed, and rests in between
service   the main job: tick, press, pages and a watched config, until told to stop
prospect  which feed is behind an address that an operator thinks of adding
supervisor tells systemd that we are ready, alive, stopping
"""
