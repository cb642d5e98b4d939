"""Makes and reaches hosts: a container, a server over SSH, or this machine itself."""
