"""Reads every feed of a site with Mark Pilgrim's feedparser, as feed readers do.

    /usr/bin/python3 internal/browsertest/feeds.py SITE
"""
import pathlib
import sys

import feedparser

entries = 0
files = sorted(pathlib.Path(sys.argv[1], "feeds").rglob("*.atom"))
for file in files:
    feed = feedparser.parse(file.read_bytes(), response_headers={"content-type": "application/atom+xml; charset=utf-8"})
    if feed.bozo or feed.version != "atom10":
        sys.exit(f"{file}: {feed.version!r}: {feed.get('bozo_exception')}")
    missing = {"id", "title", "updated_parsed", "links", "author_detail"} - set(feed.feed)
    if missing:
        sys.exit(f"{file} lacks {missing}")
    ids = [entry.id for entry in feed.entries]
    if len(ids) != len(set(ids)):
        sys.exit(f"{file} has an entry twice")
    for entry in feed.entries:
        if not entry.title or not entry.updated_parsed or not entry.link or not entry.content[0].value:
            sys.exit(f"{file}: {entry.id} lacks something")
        entries += 1
if len(files) < 20 or entries < 20:
    sys.exit(f"only {len(files)} feeds with {entries} entries")
print(f"feedparser reads {len(files)} feeds with {entries} entries")
