// Reads every calendar of a site with ical.js, as calendar programs do:
//
//	node internal/browsertest/calendars.mjs SITE FOLDER-OF-ical.js
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [site, modules] = process.argv.slice(2);
const { default: ICAL } = await import(pathToFileURL(resolve(modules, "ical.js", "dist", "ical.js")).href);
ICAL.design.strict = true;
let events = 0;
const files = readdirSync(join(site, "calendars"), { recursive: true }).filter((name) => name.endsWith(".ics"));
for (const name of files) {
  const fail = (what) => { throw new Error(`${name}: ${what}`); };
  const text = readFileSync(join(site, "calendars", name), "utf8");
  const calendar = new ICAL.Component(ICAL.parse(text));
  if (calendar.name !== "vcalendar" || calendar.getFirstPropertyValue("version") !== "2.0") fail("no calendar");
  if (calendar.getFirstProperty("method")) fail("it has a method");
  const seen = new Set();
  for (const component of calendar.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(component);
    if (!event.uid || seen.has(event.uid)) fail(`UID ${event.uid}`);
    seen.add(event.uid);
    if (!event.startDate.isDate || !event.endDate.isDate || event.duration.toSeconds() !== 86400) fail(`${event.uid} is not one whole day`);
    if (!event.summary || !Number.isInteger(event.sequence)) fail(`${event.uid} lacks a summary or a sequence`);
    if (component.getFirstPropertyValue("transp") !== "TRANSPARENT") fail(`${event.uid} is not transparent`);
    if (!["CONFIRMED", "CANCELLED"].includes(component.getFirstPropertyValue("status"))) fail(`${event.uid} has another status`);
    events++;
  }
}
if (files.length < 20 || events < 20) throw new Error(`only ${files.length} calendars with ${events} events`);
console.log(`ical.js reads ${files.length} calendars with ${events} events`);
