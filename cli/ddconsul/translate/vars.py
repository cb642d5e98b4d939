"""Instance → the variables of the roles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ddconsul.translate.brand import brand_files, brand_places, image_files, mail_colours
from ddconsul.translate.brand.messages import STARTING, message_pages
from ddconsul.translate.home import pictures
from ddconsul.translate.participation import code_contents
from ddconsul.translate.state import state_document
from ddconsul.translate.vraagstuk import uploads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddconsul.instance.models import Instance, Smtp
    from ddconsul.instance.sections.participation import LogIn


@dataclass(frozen=True)
class Material:
    """What is fetched, made or read before Ansible runs.

    Args:
        archive: Tar with the source of Consul, on this machine.
        archive_digest: Commit or checksum that identifies the source.
        gems: Where gems come from: their registry (or a mirror), or Debian's packages (the stand-in).
        packages: Debian packages that the source asks for instead of the role's own list.
        overlay: Tar with the municipality's own code, or "".
        overlay_digest: Checksum of the overlay, or "".
        gems_archive: Tar with a mirror of gems, or "".
        registries: URLs of the registries that the source names, by "gems" and "npm".
        extra_ca: Name and PEM text of certificate authorities.
        brand: Folder with the files of the house style, on this machine.
        standin: Whether the source is the stand-in, not Consul itself.
        words: Consul's texts with the municipality's vocabulary in them, as a locale file has them.
    """

    archive: str
    archive_digest: str
    gems: Literal["registry", "distribution"] = "registry"
    packages: tuple[str, ...] = ()
    overlay: str = ""
    overlay_digest: str = ""
    gems_archive: str = ""
    registries: Mapping[str, str] = field(default_factory=dict)
    extra_ca: tuple[tuple[str, str], ...] = ()
    brand: str = ""
    standin: bool = False
    words: Mapping[str, Any] = field(default_factory=dict)


def site_variables(instance: Instance, public_host: str) -> dict[str, Any]:
    """Return what identifies a site on its host: enough for `status` and `destroy`.

    Args:
        instance: The checked municipality file.
        public_host: Host (and port) under which a browser finds the site.
    """
    site = instance.site
    return {
        "consul_site_name": site,
        "consul_site_user": f"ddconsul_{site.replace('-', '_')}",
        "consul_site_domain": instance.municipality.domain,
        "consul_site_public_host": public_host,
        "consul_site_force_ssl": instance.scheme == "https",
        "consul_site_behind_proxy": instance.behind_proxy,
        "nginx_site_name": site,
        "nginx_site_domains": [instance.municipality.domain],
    }


def deploy_variables(instance: Instance, material: Material, public_host: str) -> dict[str, Any]:
    """Return all variables of a deploy. Secrets are not among them: they stay in their vault file.

    Args:
        instance: The checked municipality file.
        material: What is fetched, made or read before Ansible runs.
        public_host: Host (and port) under which a browser finds the site.
    """
    return {
        **site_variables(instance, public_host),
        **_base(instance, material),
        **_build(instance, material),
        **_site(instance, material),
        **_nginx(instance, material),
        "postgresql_authentication": "socket",
    }


def _base(instance: Instance, material: Material) -> dict[str, Any]:
    return {
        "base_extra_ca": [{"name": name, "pem": pem} for name, pem in material.extra_ca],
        "base_proxy": instance.network.proxy or "",
    }


def _build(instance: Instance, material: Material) -> dict[str, Any]:
    consul = instance.consul
    variables: dict[str, Any] = {
        "consul_build_version": consul.version,
        "consul_build_archive": material.archive,
        "consul_build_archive_digest": material.archive_digest,
        "consul_build_overlay": material.overlay,
        "consul_build_overlay_digest": material.overlay_digest,
        "consul_build_languages": list(instance.municipality.languages),
        "consul_build_gems": material.gems,
        "consul_build_gems_mirror": "" if material.gems_archive else consul.gems_mirror or "",
        "consul_build_gems_archive": material.gems_archive,
        "consul_build_gems_registry": material.registries.get("gems", ""),
        "consul_build_npm_mirror": consul.npm_mirror or "",
        "consul_build_npm_registry": material.registries.get("npm", ""),
        "consul_build_proxy": instance.network.proxy or "",
    }
    if material.packages:
        variables["consul_build_packages"] = list(material.packages)
    return variables


def _site(instance: Instance, material: Material) -> dict[str, Any]:
    return {
        "consul_site_time_zone": instance.municipality.time_zone,
        "consul_site_smtp": _smtp(instance.mail.smtp, instance.municipality.domain),
        "consul_site_log_in": _log_in(instance.participation.log_in),
        "consul_site_mail_colours": mail_colours(instance.branding),
        "consul_site_admin_networks": list(instance.network.allowed_admin_ips),
        "consul_site_content": _content(instance, material),
        "consul_site_texts": dict(material.words),
        "consul_site_messages": message_pages(instance, standin=material.standin),
        "consul_site_state": state_document(instance),
    }


def _content(instance: Instance, material: Material) -> list[dict[str, str]]:
    """Return the files that belong to what Consul contains, with their places on this machine."""
    found = {
        picture.checksum: {
            "src": str(picture.path),
            "checksum": picture.checksum,
            "name": picture.path.name,
            "content_type": picture.content_type,
        }
        for picture in (*pictures(instance), *uploads(instance))
    }
    made = {
        image.checksum: {
            "src": f"{material.brand}/{image.file}",
            "checksum": image.checksum,
            "name": f"{image.name}.png",
            "content_type": "image/png",
        }
        for image in image_files(instance)
    }
    return [*found.values(), *made.values(), *code_contents(instance)]


def _smtp(smtp: Smtp | None, domain: str) -> dict[str, Any]:
    if smtp is None:
        return {}
    user = {"user_name": smtp.user} if smtp.user else {}
    return {
        "address": smtp.host,
        "port": smtp.port,
        "domain": domain,
        **user,
        "enable_starttls_auto": smtp.starttls,
    }


def _log_in(log_in: LogIn) -> dict[str, dict[str, str]]:
    oidc, saml = log_in.oidc, log_in.saml
    providers: dict[str, dict[str, str]] = {}
    if oidc is not None:
        providers["oidc"] = {"issuer": oidc.issuer, "client_id": oidc.client_id}
    if saml is not None:
        providers["saml"] = {"metadata_url": saml.metadata_url, "entity_id": saml.entity_id}
    return providers


def _nginx(instance: Instance, material: Material) -> dict[str, Any]:
    site, tls = instance.site, instance.tls
    files = {"certificate": str(tls.certificate), "key": str(tls.key)} if tls.mode == "files" else {}
    return {
        # Whoever opens a demo's address means this site, whatever name stands in it.
        "nginx_site_default": instance.target.type == "container",
        "nginx_site_root": f"/srv/ddconsul/{site}/current/public",
        "nginx_site_socket": f"/run/ddconsul/{site}/web.sock",
        "nginx_site_tls": {"mode": tls.mode, **files},
        "nginx_site_trusted_proxies": list(instance.network.trusted_proxies),
        "nginx_site_starting_page": f"/srv/ddconsul/{site}/shared/messages/{STARTING}",
        "nginx_site_brand_files": [
            {"src": f"{material.brand}/{file.name}", "name": file.name} for file in brand_files(instance)
        ],
        "nginx_site_brand_places": brand_places(instance),
    }
