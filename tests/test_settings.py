import pytest

from dashboard.settings import PREFIX, Settings, read_settings
from models.errors import BadInput
from tests.test_layers import ROOT


def test_defaults_show_the_demo_on_loopback():
    settings = read_settings([], {})
    assert (settings.host, settings.port, settings.collection) == ("127.0.0.1", 8050, "demo")


def test_a_flag_wins_over_the_environment_and_that_over_the_default():
    environment = {"MORPHOSPACE_PORT": "9000", "MORPHOSPACE_COLLECTION": "sdss"}
    settings = read_settings(["--port", "9001"], environment)
    assert (settings.port, settings.collection) == (9001, "sdss")


@pytest.mark.parametrize("text, expected", [("1", True), ("true", True), ("0", False), ("", False)])
def test_switches_are_read_from_the_environment(text, expected):
    assert read_settings([], {"MORPHOSPACE_OPEN": text}).open is expected


def test_a_switch_can_be_turned_off_by_a_flag():
    assert read_settings(["--no-open"], {"MORPHOSPACE_OPEN": "1"}).open is False


@pytest.mark.parametrize(
    "arguments, named",
    [(["--port", "many"], "many"), (["--port", "70000"], "70000"), (["--cache", "tape"], "tape")],
)
def test_a_value_that_cannot_be_is_named(arguments, named):
    with pytest.raises(BadInput, match=named):
        read_settings(arguments, {})


def test_every_setting_is_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    for name in Settings.__dataclass_fields__:
        assert f"`{name}`" in readme, name
    assert PREFIX in readme
