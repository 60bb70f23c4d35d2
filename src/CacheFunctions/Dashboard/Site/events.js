// Live events (Server-Sent Events). Read with fetch, since EventSource cannot send the key.
import { address, send } from './api.js';

const pollEvery = 10_000;
const longestPause = 30_000;

/**
 * Follows the events until the signal aborts, and goes on after the last one when the line breaks.
 * @param hear told of each event ({type, data, timestamp}), and of null when anything may have changed.
 * @param tell told of the state: live, connecting, polling (a service without the stream).
 */
export async function follow(hear, tell, signal) {
  let cursor = null;
  let pause = 1_000;
  while (!signal.aborted) {
    try {
      tell('connecting');
      const response = await send(address('/api/cached/events', { after: cursor }), { signal, headers: { accept: 'text/event-stream' } });
      tell('live');
      if (cursor === null) hear(null);
      for await (const event of parsed(response.body, id => { cursor = id; })) {
        pause = 1_000;
        if (event.type !== 'stream_cut') hear(event);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 404 || error.status === 501) return poll(hear, tell, signal);
      // A cursor of another store: begin again with what is there now.
      if (error.status === 400) cursor = null;
    }
    tell('connecting');
    await Promise.race([rest(pause * (0.75 + Math.random() / 2), signal), new Promise(resolve => addEventListener('keychange', resolve, { once: true, signal }))]);
    pause = Math.min(pause * 2, longestPause);
  }
}

async function poll(hear, tell, signal) {
  tell('polling');
  while (!signal.aborted) {
    await rest(pollEvery, signal);
    if (!signal.aborted && !document.hidden) hear(null);
  }
}

/** Resolves after a time, or at once when the signal aborts. */
export function rest(milliseconds, signal) {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

/** The events of a stream, as the HTML standard parses them, for one-line data. */
async function* parsed(body, note) {
  let line = '';
  let data = '';
  const text = body.pipeThrough(new TextDecoderStream());
  for await (const part of chunks(text)) {
    line += part;
    const lines = line.split('\n');
    line = lines.pop();
    for (const each of lines.map(one => one.replace(/\r$/, ''))) {
      if (each.startsWith('id:')) note(each.slice(3).trim());
      else if (each.startsWith('data:')) data += each.slice(5);
      else if (each === '' && data) {
        yield JSON.parse(data);
        data = '';
      }
    }
  }
}

// Not every browser iterates streams by itself.
async function* chunks(stream) {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}
