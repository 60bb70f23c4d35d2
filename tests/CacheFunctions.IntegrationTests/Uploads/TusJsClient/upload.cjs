// Uploads a file by tus-js-client, broken off at random and gone on with as by another process.
// Arguments: one JSON object {endpoint, file, seed, metadata, headers}. Prints {"aborts": n}.
"use strict";
const { readFileSync } = require("node:fs");
const tus = require("tus-js-client");

const { endpoint, file, seed, metadata, headers } = JSON.parse(process.argv[2]);
const bytes = readFileSync(file);
let state = seed >>> 0;
let aborts = 0;

// xorshift32: the same seed breaks off at the same places.
function random(below) {
  state = (state ^ (state << 13)) >>> 0;
  state = (state ^ (state >>> 17)) >>> 0;
  state = (state ^ (state << 5)) >>> 0;
  return state % below;
}

function go(url) {
  let isOver = false;
  const breakAt = aborts < 12 ? 100_000 + random(5_000_000) : Infinity;
  let begun = null;
  const upload = new tus.Upload(bytes, {
    endpoint,
    uploadUrl: url,
    metadata,
    headers,
    chunkSize: 1_000_000 + random(8_000_000),
    retryDelays: [0, 100, 500, 1_000, 2_000],
    storeFingerprintForResuming: false,
    onProgress(sent) {
      begun ??= sent;
      if (isOver || sent - begun < breakAt || sent === bytes.length) return;
      isOver = true;
      aborts++;
      upload.abort().then(() => go(upload.url));
    },
    onError(error) {
      if (isOver) return;
      console.error(String(error));
      process.exitCode = 1;
    },
    onSuccess() {
      if (!isOver) console.log(JSON.stringify({ aborts }));
    },
  });
  upload.start();
}

go(null);
