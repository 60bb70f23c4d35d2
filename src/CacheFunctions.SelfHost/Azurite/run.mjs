// Runs Azurite inside this process, for as long as standard input stays open.
//   node run.mjs AZURITE_MAIN PID_FILE keep|forget [Azurite's own arguments]
import fs, { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [main, pidFile, after] = process.argv.splice(2, 3);

// A service that starts after its predecessor was killed waits for this process to go (see PreviousAzurite.cs).
writeFileSync(pidFile, String(process.pid));
process.on('exit', () => rmSync(pidFile, { force: true }));

// Ctrl+C, a closed terminal or a service manager signal the whole group. The service still needs its storage
// while it ends its work, so here only the end of standard input counts. Azurite's own handlers are kept from
// the signals: the one of SIGTERM flushes and closes, and is called when the time has come.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
let close;
let inputEnded = false;
const once = process.once;
process.once = function (event, listener) {
  if (event === 'SIGTERM') {
    close = listener;
    if (inputEnded) close();
  } else if (event !== 'SIGINT') {
    once.call(process, event, listener);
  }
  return process;
};

const end = () => {
  if (inputEnded) return;
  inputEnded = true;
  if (after === 'forget') process.exit();
  setTimeout(() => process.exit(1), 10_000).unref();
  close?.();
};
process.stdin.on('end', end).on('close', end).on('error', end).resume();
// Nobody reads on once the service is gone: writing must not end this process before it has flushed.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

// Every five seconds Azurite writes all its rows and names of blobs into one file, however many they are, and after every blob it
// waits for the disk. With as much data as a test run leaves, that is a third of what it does. (Content is in files either way:
// Azurite's own --inMemoryPersistence would hold that in memory too.)
if (after === 'forget') {
  createRequire(main)('lokijs').prototype.autosaveEnable = () => {};
  fs.fdatasync = (file, done) => setImmediate(done, null);
}

await import(pathToFileURL(main).href);
