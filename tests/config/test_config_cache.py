"""A config that was read before is taken up again, as long as it would come out the same."""

import os
import threading
from pathlib import Path

import pytest
from desk import Desk

from aggregator.app import configuring
from aggregator.app.configuring import load_config
from aggregator.config import cache
from aggregator.config.cache import cached
from aggregator.errors import ConfigError

REPOSITORY = Path(__file__).parents[2]
SOURCES = "sources: [{id: a, url: https://a.example/feed}]"
EVERYTHING = {
    "mediawire.yaml": """
title: The Wire
base_url: https://wire.example/press
contact: https://wire.example/about
store: postgresql://wire@db.example/wire
listen: 127.0.0.1:8090
keep: 30d
fetch: {timeout: 20s, allow_private: [10.1.2.0/24]}
reading: {timeout: 5s, workers: 3}
hosts: {"*.example.net": {per_host: 2, spacing: 1500ms}}
alerts: {mail: {sender: wire@press.example, to: [desk@press.example], server: localhost:25}}
""",
    "sources.yaml": """
defaults: {interval: 15m, tags: [news], rights: {embargo: 1h}}
groups: {agencies: {language: en-GB, trust: {dates: false}}}
sources:
  - {id: a, url: https://a.example/feed, group: agencies, timezone: Asia/Tehran}
  - {id: b, url: "file:feeds/b.xml", paused: {until: 2027-01-02, why: Holidays}}
""",
    "sources.d/more.yaml": "sources: [{id: c, url: https://c.example/f?a=1, title: Ü}]",
    "publications.yaml": """
rules:
  loud: {kind: headline, replace: {"^BREAKING: ": ""}}
  some: {kind: select, keep: {title: "rain|snow"}}
publications:
  - id: wire
    rules: [loud, some]
    select: {tags: [news], max_age: 7d}
    body: excerpt
    formats: [atom, json]
""",
}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(tmp_path / "cache")}


def kept(desk: Desk, environ: dict[str, str]):
    """Return the config that the next start would take from the cache, if any."""
    found = cached(desk.folder, environ=environ, flags=desk.flags)
    return found and found.config()


def read(desk: Desk, environ: dict[str, str]):
    return load_config(desk.folder, environ=environ, flags=desk.flags)


def files(environ: dict[str, str]) -> list[Path]:
    return sorted(Path(environ["XDG_CACHE_HOME"]).rglob("*.msgpack"))


def test_a_config_with_everything_is_the_same_from_the_cache(desk: Desk, environ):
    for name, text in EVERYTHING.items():
        desk.writes(name, text)

    config = read(desk, environ)

    assert len(config.sources) == 3
    assert kept(desk, environ) == config
    assert read(desk, environ) == config


def test_the_config_of_the_repository_is_the_same_with_its_warnings(environ):
    folder = REPOSITORY / "config"

    config = load_config(folder, environ=environ)

    assert config.warnings
    assert cached(folder, environ=environ, flags={}).config() == config


def test_what_is_kept_is_taken_without_reading_any_more(
    desk: Desk, environ, monkeypatch
):
    desk.writes("sources.yaml", SOURCES)
    config = read(desk, environ)
    monkeypatch.setattr(configuring, "load_files", None)

    assert read(desk, environ) == config


CHANGES = {
    "a byte of a file": lambda desk: desk.writes(
        "sources.yaml", SOURCES.replace("a.example", "b.example")
    ),
    "a further file": lambda desk: desk.writes("publications.yaml", ""),
    "a further list": lambda desk: desk.writes("sources.d/b.yaml", ""),
    "a list that is mentioned": lambda desk: desk.writes("sources.d/b.yml", ""),
    "a file that is mentioned": lambda desk: desk.writes("publications.yml", ""),
    "a file less": lambda desk: (desk.folder / "mediawire.yaml").unlink(),
    "a flag": lambda desk: desk.flags.update(listen="127.0.0.1:9000"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_after_a_change_a_config_is_read_anew(desk: Desk, environ, change):
    desk.writes("sources.yaml", SOURCES)
    desk.writes("sources.d/a.yaml", "")
    desk.writes("mediawire.yaml", "title: The Wire")
    read(desk, environ)

    change(desk)

    assert kept(desk, environ) is None
    assert read(desk, environ) == load_config(desk.folder, environ={}, flags=desk.flags)


def test_a_variable_is_a_change_if_it_is_one_of_ours(desk: Desk, environ):
    desk.writes("sources.yaml", SOURCES)
    read(desk, environ)

    assert kept(desk, {**environ, "LANG": "C"})
    assert kept(desk, {**environ, "MEDIAWIRE_TITLE": "Another"}) is None


def test_another_working_directory_is_a_change(desk: Desk, environ, monkeypatch):
    """The output and the store stand there, unless the config says otherwise."""
    desk.writes("sources.yaml", SOURCES)
    read(desk, environ)
    (desk.folder.parent / "elsewhere").mkdir()
    monkeypatch.chdir(desk.folder.parent / "elsewhere")

    assert kept(desk, environ) is None


def test_a_module_of_the_program_that_changed_is_a_change(
    desk: Desk, environ, tmp_path, monkeypatch
):
    """Somebody works on it, and its version stays what it was."""
    module = tmp_path / "aggregator" / "config" / "cache.py"
    module.parent.mkdir(parents=True)
    module.touch()
    monkeypatch.setattr(cache, "__file__", str(module))
    desk.writes("sources.yaml", SOURCES)
    read(desk, environ)
    assert kept(desk, environ)

    module.write_text("# another")

    assert kept(desk, environ) is None


def test_a_folder_that_changes_while_it_is_read_is_not_kept(
    desk: Desk, environ, monkeypatch
):
    desk.writes("sources.yaml", SOURCES)
    load_files = configuring.load_files

    def edited_meanwhile(folder, **asked):
        loaded = load_files(folder, **asked)
        desk.writes("sources.yaml", SOURCES.replace("a.example", "b.example"))
        return loaded

    monkeypatch.setattr(configuring, "load_files", edited_meanwhile)
    read(desk, environ)

    assert kept(desk, environ) is None
    assert files(environ) == []


SECRETS = {
    "password in an address": ("sources.yaml", "https://me:SECRET@a.example/feed"),
    "token in an address": ("sources.yaml", "https://a.example/feed?token=SECRET"),
    "address in a variable": ("sources.yaml", "env:FEED"),
    "fragment": ("sources.yaml", "'https://a.example/feed#SECRET'"),
    "header": ("sources.yaml", "https://a.example/, headers: {X-Key: SECRET}"),
    "header in a file": (
        "sources.yaml",
        "https://a.example/, headers: {X-Key: file:s}",
    ),
    "credentials": (
        "sources.yaml",
        "https://a.example/, auth: {username: me, password: SECRET}",
    ),
    "store": ("mediawire.yaml", "store: postgresql://me:SECRET@db.example/wire"),
    "store with a slash": ("mediawire.yaml", "store: postgresql://m:a/SECRET@db/w"),
    "store with a hash": ("mediawire.yaml", "store: 'postgresql://m:#SECRET@db/w'"),
    "store in a query": (
        "mediawire.yaml",
        "store: postgresql://db.example/wire?password=SECRET",
    ),
    "store in a variable": ("mediawire.yaml", "store: env:STORE"),
    "token": ("mediawire.yaml", "console: {token: 0123456789abcdef-SECRET}"),
    "webhook": ("mediawire.yaml", "alerts: {webhook: https://hooks.example/SECRET}"),
    "mail user": (
        "mediawire.yaml",
        "alerts: {mail: {sender: a@b.example, to: [c@d.example], username: SECRET}}",
    ),
    "mail password": (
        "mediawire.yaml",
        "alerts: {mail: {sender: a@b.example, to: [c@d.example], password: SECRET}}",
    ),
}


@pytest.mark.parametrize(("file", "text"), SECRETS.values(), ids=SECRETS)
def test_a_config_with_a_secret_is_never_kept(desk: Desk, environ, file, text):
    environ |= {"FEED": "https://a.example/feed", "STORE": "sqlite:///wire.db"}
    desk.writes("s", "SECRET")
    if file == "sources.yaml":
        text = f"sources: [{{id: a, url: {text}}}]"
    desk.writes(file, text)

    read(desk, environ)

    assert files(environ) == []


def test_text_that_no_encoding_can_carry_only_means_that_it_is_read_each_time(
    desk: Desk, environ
):
    """A variable whose bytes are no UTF-8: Python keeps them as halves of pairs."""
    desk.writes("sources.yaml", SOURCES)

    for _ in range(2):
        assert (
            read(desk, {**environ, "MEDIAWIRE_TITLE": "Caf\udce9"}).title == "Caf\udce9"
        )
    assert files(environ) == []


def test_a_pipe_is_read_once_by_whoever_reads_the_config(desk: Desk, environ):
    pipe = desk.folder / "sources.yaml"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(SOURCES,))
    writer.start()

    assert [each.id for each in read(desk, environ).sources] == ["a"]
    writer.join()
    assert files(environ) == []


def test_who_may_read_a_file_is_part_of_what_is_said_of_it(desk: Desk, environ):
    """A caution goes by it, where an address holds a secret."""
    file = desk.writes(
        "sources.yaml", "sources: [{id: a, url: https://a.example/?session=iran}]"
    )
    file.chmod(0o644)
    assert any("chmod" in each for each in read(desk, environ).warnings)

    file.chmod(0o640)

    assert not any("chmod" in each for each in read(desk, environ).warnings)


def test_files_that_exchange_what_they_say_are_a_change(desk: Desk, environ, tmp_path):
    """Also where one of the two says nothing."""
    service, publications = (
        desk.folder / name for name in ("mediawire.yaml", "publications.yaml")
    )
    (tmp_path / "title").write_text("title: X")
    (tmp_path / "empty").touch()
    service.symlink_to(tmp_path / "title")
    publications.symlink_to(tmp_path / "empty")
    read(desk, environ)

    service.unlink()
    publications.unlink()
    service.symlink_to(tmp_path / "empty")
    publications.symlink_to(tmp_path / "title")

    with pytest.raises(ConfigError):
        read(desk, environ)


def test_an_edit_to_and_fro_is_not_kept_for_what_stands_there(
    desk: Desk, environ, monkeypatch
):
    desk.writes("sources.yaml", SOURCES)
    load_files = configuring.load_files

    def edited_for_a_moment(folder, **asked):
        desk.writes("sources.yaml", SOURCES.replace("a.example", "b.example"))
        loaded = load_files(folder, **asked)
        desk.writes("sources.yaml", SOURCES)
        return loaded

    monkeypatch.setattr(configuring, "load_files", edited_for_a_moment)
    read(desk, environ)

    assert files(environ) == []


def test_the_order_of_variables_changes_nothing(desk: Desk, environ):
    desk.writes("sources.yaml", SOURCES)
    slips = {"MEDIAWIRE_FETCH_TIMEOUT": "1s", "MEDIAWIRE_BASEURL": "https://a.example"}
    other = dict(reversed(slips.items()))

    assert read(desk, environ | slips).warnings == read(desk, environ | other).warnings
    assert read(desk, slips).warnings == read(desk, other).warnings


def test_a_variable_whose_text_stands_in_a_file_is_read_each_time(desk: Desk, environ):
    desk.writes("sources.yaml", SOURCES)
    named = {**environ, "MEDIAWIRE_TITLE_FILE": str(desk.writes("title", "Before"))}
    assert read(desk, named).title == "Before"

    desk.writes("title", "After")

    assert read(desk, named).title == "After"


def test_an_invalid_config_is_refused_each_time(desk: Desk, environ):
    desk.writes("sources.yaml", "sources: [{id: a}]")

    for _ in range(2):
        with pytest.raises(ConfigError, match="url"):
            read(desk, environ)
    assert files(environ) == []


DAMAGE = {
    "empty": lambda content: content[:0],
    "cut short": lambda content: content[:-1],
    "another byte": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "nothing but a head": lambda content: content[:32],
    "nonsense": lambda content: content[::-1],
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_what_is_damaged_is_read_anew_and_mended(desk: Desk, environ, damage):
    desk.writes("sources.yaml", SOURCES)
    config = read(desk, environ)
    [file] = files(environ)
    file.write_bytes(damage(file.read_bytes()))

    assert kept(desk, environ) is None
    assert read(desk, environ) == config
    assert kept(desk, environ) == config


def test_what_another_user_may_write_is_not_believed(desk: Desk, environ):
    desk.writes("sources.yaml", SOURCES)
    read(desk, environ)
    [file] = files(environ)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700

    file.chmod(0o620)

    assert kept(desk, environ) is None


def test_what_another_user_wrote_is_not_believed(desk: Desk, environ, monkeypatch):
    desk.writes("sources.yaml", SOURCES)
    read(desk, environ)

    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)

    assert kept(desk, environ) is None


def test_nothing_is_put_into_the_folder_of_another_user(
    desk: Desk, environ, monkeypatch
):
    """As root with the HOME of whoever called `sudo`."""
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    desk.writes("sources.yaml", SOURCES)

    read(desk, environ)

    assert list(Path(environ["XDG_CACHE_HOME"]).parent.iterdir()) == [desk.folder]


def test_what_cannot_be_put_in_its_place_leaves_nothing_behind(desk: Desk, environ):
    desk.writes("sources.yaml", SOURCES)
    place = cached(desk.folder, environ=environ, flags={}).file
    place.mkdir(parents=True)
    opened = len(list(Path("/proc/self/fd").iterdir()))

    assert read(desk, environ) == read(desk, environ)
    assert files(environ) == [place]
    assert len(list(Path("/proc/self/fd").iterdir())) == opened


def test_a_link_is_not_followed(desk: Desk, environ, tmp_path):
    desk.writes("sources.yaml", SOURCES)
    read(desk, environ)
    [file] = files(environ)
    file.rename(tmp_path / "moved")
    file.symlink_to(tmp_path / "moved")

    assert kept(desk, environ) is None


@pytest.mark.parametrize(
    "environ",
    [{}, {"HOME": ""}, {"XDG_CACHE_HOME": "relative"}, {"XDG_CACHE_HOME": "/dev/null"}],
    ids=str,
)
def test_without_a_place_for_it_a_config_is_read_each_time(desk: Desk, environ):
    desk.writes("sources.yaml", SOURCES)

    assert read(desk, environ) == read(desk, environ)
    assert not kept(desk, environ)


def test_without_a_cache_folder_it_is_in_the_home(desk: Desk, tmp_path):
    desk.writes("sources.yaml", SOURCES)

    read(desk, {"HOME": str(tmp_path)})

    assert len(list((tmp_path / ".cache" / "mediawire").iterdir())) == 1


def test_the_oldest_make_room(desk: Desk, environ, monkeypatch):
    monkeypatch.setattr(cache, "MOST", 2)
    desk.writes("sources.yaml", SOURCES)
    for minute, title in enumerate("abc"):
        read(desk, {**environ, "MEDIAWIRE_TITLE": title})
        newest = max(files(environ), key=lambda file: file.stat().st_ctime_ns)
        os.utime(newest, (minute, minute))

    assert [
        title for title in "abc" if kept(desk, {**environ, "MEDIAWIRE_TITLE": title})
    ] == ["b", "c"]
