"""A provider of logins (SAML 2.0), as an employer has one: an application of `op.py`'s web server, below /saml."""

from __future__ import annotations

import base64
import html
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig, SPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from pathlib import Path

PLACE = "/saml"
# Who the platform is to the provider (participation.log_in.saml.entity_id).
PLATFORM = "participatieplatform"
NUMBER = "900120034"
# It tells no name, as most of an employer's do: an address.
EMPLOYEE = {"uid": [NUMBER], "mail": ["noor@example.org"]}
PAGE = """<!DOCTYPE html><html lang="nl"><title>Inloggen</title>
<form method="post" action="{action}"><input type="hidden" name="SAMLResponse" value="{response}">
<input type="hidden" name="RelayState" value="{state}"><button>Verder als Noor</button></form></html>"""


class IdentityProvider:
    """Tells who the one employee is to who asks.

    Args:
        url: Its own address.
        site: The address of the site that sends people.
        made: Its certificate; the key is beside it.
    """

    def __init__(self, url: str, site: str, made: Path) -> None:
        self._back = f"{site.rstrip('/')}/users/auth/saml/callback"
        keys = {"key_file": str(made.with_suffix(".key")), "cert_file": str(made)}
        service = {
            "endpoints": {"single_sign_on_service": [(f"{url}/sso", BINDING_HTTP_REDIRECT)]},
            "policy": {"default": {"lifetime": {"minutes": 15}, "attribute_restrictions": None}},
        }
        told = SPConfig().load(
            {
                "entityid": PLATFORM,
                "service": {"sp": {"endpoints": {"assertion_consumer_service": [(self._back, BINDING_HTTP_POST)]}}},
            }
        )
        config = {
            "entityid": f"{url}/metadata",
            "service": {"idp": service},
            "metadata": {"inline": [str(entity_descriptor(told))]},
            **keys,
        }
        self._server = Server(config=IdPConfig().load(config))

    @Request.application
    def __call__(self, request: Request) -> Response:
        """Answer a browser, or a site that wants to know who this is."""
        if request.path.endswith("/metadata"):
            return Response(str(entity_descriptor(self._server.config)), mimetype="application/samlmetadata+xml")
        asked = parse_qs(request.query_string.decode())
        authn = self._server.parse_authn_request(asked["SAMLRequest"][0], BINDING_HTTP_REDIRECT).message
        answer = self._server.create_authn_response(
            EMPLOYEE,
            in_response_to=authn.id,
            destination=self._back,
            sp_entity_id=PLATFORM,
            name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=NUMBER),
            authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"},
            sign_assertion=True,
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
        )
        page = {
            "action": self._back,
            "response": base64.b64encode(str(answer).encode()).decode(),
            "state": asked.get("RelayState", [""])[0],
        }
        return Response(PAGE.format(**{name: html.escape(value) for name, value in page.items()}), mimetype="text/html")
