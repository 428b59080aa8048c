// Asks for the next picture, shows it, asks again: one question at a time, so a slow viewer is simply asked less.
"use strict";

const byId = (id) => document.getElementById(id);
const canvas = byId("picture");
const brush = canvas.getContext("2d", { alpha: false });
const seen = { sequence: 0, rate: 0, ageAtArrival: 0, arrived: 0, connected: null, broken: "", lost: 0 };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function next() {
  const answer = await fetch(`frame?after=${seen.sequence}`, { cache: "no-store", signal: AbortSignal.timeout(30000) });
  seen.connected = true;
  if (answer.status === 204) return;
  if (answer.status !== 200 && answer.status !== 422) throw new Error(`answered ${answer.status}`);
  const number = (name) => Number(answer.headers.get(name));
  seen.broken = answer.status === 422 ? await answer.text() : "";
  if (!seen.broken) {
    const picture = await createImageBitmap(await answer.blob());
    if (canvas.width !== picture.width || canvas.height !== picture.height) {
      [canvas.width, canvas.height] = [picture.width, picture.height];
    }
    brush.drawImage(picture, 0, 0);
    picture.close();
  }
  Object.assign(seen, {
    sequence: number("X-Sequence"), rate: number("X-Rate-Hz"), ageAtArrival: number("X-Age-Ms"), arrived: performance.now(),
  });
}

async function watch() {
  for (let failures = 0; ; ) {
    if (document.hidden) {
      await new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));
    }
    try {
      await next();
      failures = 0;
      tell();
    } catch {
      failures += 1;
      if (failures > 1 && seen.connected !== false) [seen.connected, seen.lost] = [false, performance.now()];
      tell();
      await pause(Math.min(250 * failures, 2000));
      if (seen.connected === false) title();
    }
  }
}

async function title() {
  try {
    const status = await (await fetch("status", { cache: "no-store", signal: AbortSignal.timeout(3000) })).json();
    byId("title").textContent = document.title = status.title;
  } catch { /* told by the state */ }
}

function span(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

function state() {
  const now = performance.now();
  if (seen.connected === null) return ["connecting", "connecting", "Connecting…", ""];
  if (!seen.connected) {
    return ["lost", "disconnected", "The circuit is not running", `Gone for ${span(Math.max(1000, now - seen.lost))}; this page comes back with it.`];
  }
  if (!seen.sequence) return ["waiting", "waiting", "No picture yet", "Connected. The source has sent nothing so far."];
  if (seen.broken) return ["broken", "cannot show", "This picture cannot be shown", seen.broken];
  const silent = now - seen.arrived;
  if (silent > Math.max(2000, seen.rate > 0 ? 3000 / seen.rate : 0)) {
    return ["silent", "silent", `Source silent for ${span(silent)}`, "This is its last picture."];
  }
  return ["live", "live", "", ""];
}

function tell() {
  const [kind, word, headline, detail] = state();
  const shown = seen.sequence > 0 && canvas.width > 0 && !(kind === "broken");
  byId("state").dataset.state = kind;
  byId("state").lastElementChild.textContent = word;
  canvas.hidden = !shown;
  byId("stage").classList.toggle("stale", shown && headline !== "");
  byId("message").hidden = headline === "";
  byId("message").firstElementChild.textContent = headline;
  byId("message").lastElementChild.textContent = detail;
  if (!seen.sequence) return;
  byId("rate").textContent = kind === "live" && seen.rate > 0 ? `${seen.rate.toFixed(1)} Hz` : "–";
  byId("age").textContent = span(seen.ageAtArrival + performance.now() - seen.arrived);
  byId("size").textContent = shown ? `${canvas.width} × ${canvas.height}` : "–";
  byId("sequence").textContent = String(seen.sequence);
}

byId("full").addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : byId("stage").requestFullscreen()));
setInterval(tell, 250);
title();
watch();
