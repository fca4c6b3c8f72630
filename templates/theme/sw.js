/* Keeps this edition readable without a network: styles, scripts, home and search from the first
 * visit on, pages once they were read. With a network every answer is the server's; what was kept
 * answers where there is none.
 *
 * offline.js, beside this file, lists what is kept and gives it a version. A new version is fetched
 * whole before it takes the old one's place. All names hold the edition's address: two editions on
 * one server never see each other's pages.
 */
"use strict";
importScripts("offline.js");

const ROOT = new URL("./", self.location).href;
const OURS = "kb " + ROOT + " ";
const SHELL = OURS + self.kbOffline.version;
const READ = OURS + "read";
const MOST_READ = 500;
const PATIENCE = 5000;

/* A page is the same page whatever is asked of it; queries are not kept. */
function place(url) {
  const found = new URL(url);
  found.search = found.hash = "";
  return found.href.endsWith("/") ? found.href + "index.html" : found.href;
}

async function keep(url, response) {
  const cache = await caches.open(READ);
  await cache.delete(place(url));
  await cache.put(place(url), response);
  const held = await cache.keys();
  await Promise.all(held.slice(0, Math.max(0, held.length - MOST_READ)).map((each) => cache.delete(each)));
}

async function kept(url) {
  for (const name of [READ, SHELL]) {
    const found = await (await caches.open(name)).match(place(url));
    if (found) return found;
  }
  return undefined;
}

/* Asks the server whether its file changed: a browser may guess otherwise that it did not. A
 * redirect, to a sign-in for example, stays the browser's own business. */
async function fetched(request) {
  const response = await fetch(request, { cache: "no-cache" });
  if (response.ok && response.type === "basic") await keep(request.url, response.clone());
  return response;
}

/* The server's answer; what was kept where there is none, or none soon. */
async function answer(request) {
  const coming = fetched(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  try {
    return (await Promise.race([coming, late])) || (await kept(request.url)) || (await coming);
  } catch (error) {
    const found = await kept(request.url);
    if (found) return found;
    throw error;
  }
}

self.addEventListener("install", (event) => {
  const wanted = self.kbOffline.files.map((file) => new Request(ROOT + file, { cache: "no-cache" }));
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith(OURS) && name !== SHELL && name !== READ) await caches.delete(name);
  }
  const files = new Set(self.kbOffline.files.map((file) => ROOT + file));
  const cache = await caches.open(READ);
  for (const request of await cache.keys()) {
    if (files.has(request.url) || request.url.startsWith(ROOT + "search/")) await cache.delete(request);
  }
  await self.clients.claim();
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const mine = open.filter((each) => each.url.startsWith(ROOT));
  await Promise.all(mine.map((each) => fetched(new Request(each.url)).catch(() => {})));
}

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && event.request.url.startsWith(ROOT)) {
    event.respondWith(answer(event.request));
  }
});
