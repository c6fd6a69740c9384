import pytest

from aggregator.fetching import Guard

NOT_PUBLIC = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.1.2.3",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.8",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_off_the_public_internet_is_refused(address):
    """N1, N2: what every trick of notation or redirection ends as."""
    assert Guard().refusal("a.example", address, 80)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"]
)
def test_a_public_address_on_a_web_port_passes(address):
    assert Guard().refusal("a.example", address, 443) is None


@pytest.mark.parametrize("port", [22, 25, 6379, 5432, 11211, 27017, 1023])
def test_a_port_the_web_is_not_served_on_is_refused(port):
    """N5: odd ports are refused unless listed."""
    assert "port" in Guard().refusal("a.example", "93.184.216.34", port)


@pytest.mark.parametrize("port", [80, 443, 1024, 8080, 8443, 65535])
def test_web_ports_and_unreserved_ports_pass(port):
    assert Guard().refusal("a.example", "93.184.216.34", port) is None


@pytest.mark.parametrize("entry", ["10.1.2.0/24", " 10.1.2.0/24 ", "10.1.2.7/24"])
def test_a_listed_network_passes_on_any_port_and_its_neighbours_do_not(entry):
    """N5: only what is listed passes; a network may be named by a host in it."""
    guard = Guard((entry,))

    assert guard.refusal("inside.example", "10.1.2.9", 6379) is None
    assert guard.refusal("mapped.example", "::ffff:10.1.2.9", 80) is None
    assert guard.refusal("next.example", "10.1.3.9", 80)


@pytest.mark.parametrize(
    ("entry", "host", "address", "port"),
    [
        ("127.0.0.1:9001", "127.0.0.1", "127.0.0.1", 9001),
        ("127.0.0.1:9001", "localhost", "127.0.0.1", 9001),
        ("[::1]:9001", "::1", "::1", 9001),
        ("Intranet.Example:8080", "intranet.example", "10.9.9.9", 8080),
        ("feeds.example:25", "feeds.example", "93.184.216.34", 25),
        ("feeds.example.:25", "feeds.example", "10.9.9.9", 25),
        ("feeds.example:25", "feeds.example.", "10.9.9.9", 25),
    ],
)
def test_a_listed_place_passes_on_its_port_only(entry, host, address, port):
    """N5: `host:port` means that host and that port."""
    guard = Guard((entry,))

    assert guard.refusal(host, address, port) is None
    assert guard.refusal("other.example", "10.9.9.8", port)
    assert guard.refusal(host, "127.0.0.1", port + 1)


@pytest.mark.parametrize("entry", ["::1", "fd00::/8", "10.1.2.3"])
def test_a_single_address_or_an_ipv6_network_is_a_network(entry):
    assert Guard((entry,)).refusal("a.example", entry.split("/")[0], 22) is None


@pytest.mark.parametrize(
    "entry", ["", "intranet", ":8080", "10.0.0.0/33", "http://a.example/"]
)
def test_an_entry_that_means_nothing_is_named(entry):
    with pytest.raises(ValueError, match="neither a network"):
        Guard((entry,))


def test_the_reason_says_what_the_address_is():
    assert Guard().refusal("a.example", "169.254.169.254", 80) == (
        "169.254.169.254 is a link-local address, where cloud metadata lives"
    )
