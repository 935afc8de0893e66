#!/usr/bin/env python3
"""Checks the links of a built book: `packaging/book/check.py BOOK MLSEARCH`.

Anchors are looked up in the pages. The pages themselves, and all that they lead to within the book,
are visited by `mlsearch check` on a server of this machine; links to elsewhere are counted only.
"""

import functools
import http.server
import json
import pathlib
import subprocess
import sys
import threading
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit


class Page(HTMLParser):
    """The anchors of a page, and the addresses to which it leads."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.links = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.add(attributes.get("id"))
        link = attributes.get("src" if tag in ("img", "script", "iframe") else "href")
        if link and tag != "base":
            self.links.append(link)


def main(book, mlsearch):
    book = pathlib.Path(book).resolve()
    handler = functools.partial(Quiet, directory=book)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}/"

    # The page for addresses that do not exist takes its links from wherever it is shown.
    files = [file for file in sorted(book.rglob("*.html")) if file.name != "404.html"]
    pages = {file: Page(file.read_text(encoding="utf-8")) for file in files}
    visited, elsewhere, wrong = set(), set(), []
    for file, page in pages.items():
        at = origin + file.relative_to(book).as_posix()
        for link in page.links:
            target, anchor = urldefrag(urljoin(at, link))
            if not target.startswith(origin):
                elsewhere.add(target)
                continue
            visited.add(target)
            leads_to = pages.get(book / (unquote(urlsplit(target).path)[1:] or "index.html"))
            if anchor and leads_to and unquote(anchor) not in leads_to.anchors:
                wrong.append(f"{file.name}: no such heading: {link}")

    run = [mlsearch, "check", "-", "--all", "--json", "--delay", "0", "--allow-net", "127.0.0.0/8"]
    listed = "".join(f"{target}\n" for target in sorted(visited))
    said = subprocess.run(run, input=listed, capture_output=True, text=True, check=False)
    links = [json.loads(line) for line in said.stdout.splitlines()]
    wrong += [f"{link['url']}: {link['reason']}" for link in links if link["dead"]]
    if said.returncode != 0 or len(links) != len(visited):
        wrong.append(f"{len(links)} of {len(visited)} links were visited: {said.stderr}")

    contents = subprocess.run([mlsearch, "list", book / "toc.html", "--base", origin, "--json"],
                              capture_output=True, text=True, check=False)
    chapters = [json.loads(line) for line in contents.stdout.splitlines()]
    if len(chapters) != len(pages) - 1:
        wrong.append(f"the table of contents has {len(chapters)} chapters: {contents.stderr}")

    print(f"{len(pages)} pages, {len(links)} links within the book, {len(elsewhere)} to elsewhere, "
          f"{len(wrong)} wrong")
    sys.exit("\n".join(wrong) or 0)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server that logs no request."""

    def log_message(self, *arguments):
        pass


main(*sys.argv[1:])
