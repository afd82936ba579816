// Reads the JSON Feed of a site with feedsmith, as feed readers do, and holds it against
// the Atom feed of the same entries:
//
//	node internal/browsertest/jsonfeed.mjs SITE FOLDER-OF-feedsmith
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [site, modules] = process.argv.slice(2);
const { detectJsonFeed, parseAtomFeed, parseJsonFeed } = await import(pathToFileURL(resolve(modules, "feedsmith", "dist", "index.mjs")).href);
const fail = (what) => { throw new Error(`feeds/all.json: ${what}`); };
const sent = JSON.parse(readFileSync(join(site, "feeds", "all.json"), "utf8"));
if (!detectJsonFeed(sent)) fail("not a JSON Feed");
const feed = parseJsonFeed(sent);
const atom = parseAtomFeed(readFileSync(join(site, "feeds", "all.atom"), "utf8"));
if (sent.version !== "https://jsonfeed.org/version/1.1" || !feed.title) fail("version or title is missing");
if (feed.items.length < 5) fail(`only ${feed.items.length} items`);
if (feed.items.length !== atom.entries.length) fail(`${feed.items.length} items, and ${atom.entries.length} in Atom`);
const seen = new Set();
feed.items.forEach((item, n) => {
  const entry = atom.entries[n];
  if (!item.id || seen.has(item.id)) fail(`item ${n} has the ID ${item.id}`);
  seen.add(item.id);
  if (!(item.content_html || item.content_text) || !item.title || Number.isNaN(Date.parse(item.date_published))) fail(`${item.id} lacks something`);
  if (item.id !== entry.id || item.title !== entry.title?.value && item.title !== entry.title) fail(`${item.id} is ${entry.id} in Atom`);
});
console.log(`feedsmith reads a JSON Feed of ${feed.items.length} items, the same as in Atom`);
