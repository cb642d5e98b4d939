"""Instance → how the site looks: CSS custom properties, a stylesheet with its fonts, and images.

What goes into the head of each page, `head_html`, is a setting of Consul's; what a browser and Consul get as files is
`brand_files` and `image_objects`. docs/decisions/0008 tells how the parts were divided.
"""

from ddconsul.translate.brand.files import BrandFile, brand_files, brand_places, head_html
from ddconsul.translate.brand.images import image_files, image_objects
from ddconsul.translate.brand.properties import custom_properties, mail_colours, style

__all__ = [
    "BrandFile",
    "brand_files",
    "brand_places",
    "custom_properties",
    "head_html",
    "image_files",
    "image_objects",
    "mail_colours",
    "style",
]
