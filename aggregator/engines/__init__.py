"""The engines: who runs the polls that are due.

An engine is told which sources are due and calls back with results; it knows nothing of
feeds.

local    works in threads of this process
manners  when a host may be asked again, the same for every engine
capacity whether a further poll may begin
batches  results gathered, to be recorded in one transaction
ticker   something every second, for years: the door to APScheduler
arenas   bounds the memory of many threads
affinity the core on which they take turns
"""
