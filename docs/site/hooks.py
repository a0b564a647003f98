"""Links that leave the folder docs (../examples/..., ../SECURITY.md) lead to the repository; the drawings' library is a file of the site."""

import re
import shutil
from pathlib import Path

OUTSIDE = re.compile(r"\]\(\.\./([^)\s]+)\)")


def on_page_markdown(markdown, page, config, files):
    if "/" in page.file.src_uri:  # docs/reference links to pages above it
        return markdown
    source = config["repo_url"].rstrip("/") + "/blob/main/"
    return OUTSIDE.sub(lambda match: "](" + source + match.group(1) + ")", markdown)


def on_post_build(config):
    for library in Path("target/docs-python").glob("mermaid-*.js"):
        shutil.copy(library, Path(config["site_dir"]) / "assets" / "mermaid.js")
