"""What role ruby leaves on a host."""

import pytest
from testinfra.host import Host

EXTENSION = """
set -e
cd "$(mktemp -d)"
echo 'require "mkmf"; create_makefile "tried"' > extconf.rb
echo '#include <ruby.h>\nvoid Init_tried(void) { rb_define_module("Tried"); }' > tried.c
ruby extconf.rb && make
ruby -I. -rtried -e 'print Tried'
"""


def test_ruby_is_of_the_series_that_consul_wants(host: Host) -> None:
    assert host.check_output("ruby -e 'print RUBY_VERSION'").startswith("3.3.")


@pytest.mark.parametrize("program", ["bundle", "node"])
def test_the_program_works(host: Host, program: str) -> None:
    assert host.run("%s --version", program).succeeded


def test_a_gem_in_c_compiles(host: Host) -> None:
    assert host.check_output("sh -c %s", EXTENSION).endswith("Tried")


@pytest.mark.parametrize("library", ["libpq", "libxml-2.0", "yaml-0.1", "libffi"])
def test_the_headers_that_gems_want_are_there(host: Host, library: str) -> None:
    assert host.run("pkg-config --exists %s", library).succeeded


def test_no_npm_stays_behind(host: Host) -> None:
    assert not host.exists("npm")
