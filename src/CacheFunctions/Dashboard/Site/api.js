// Calls of the service. The key, when one is needed, is kept for this tab only and sent as a header, never in an address.

const keyName = 'cachefunctions-key';
let askForKey = async () => false;
let asking = null;
let declined = false;

/** What the service refused, or that it could not be reached. */
export class ApiError extends Error {
  constructor(status, message, code, details) {
    super(message);
    Object.assign(this, { status, code, details: details ?? {} });
  }
}

/** @param ask shows a dialogue with a reason; answers whether a key was given. */
export function whenKeyIsNeeded(ask) {
  askForKey = ask;
}

export const key = {
  get: () => sessionStorage.getItem(keyName),
  set: value => {
    if (value) sessionStorage.setItem(keyName, value);
    else sessionStorage.removeItem(keyName);
    dispatchEvent(new Event('keychange'));
  },
};

/** Who has closed the question for the key is asked again only after an act of theirs: not by what is loaded by itself. */
export function mayAskAgain() {
  declined = false;
}

/** An address with parameters; those without a value are left out. */
export function address(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

/** A path's segments, each escaped. */
export const segments = path => path.split('/').map(encodeURIComponent).join('/');

export const get = (path, query, signal) => call('GET', address(path, query), { signal });
export const post = (path, body, headers) => call('POST', path, { body, headers });
export const put = path => call('PUT', path, {});
export const remove = (path, body, headers) => call('DELETE', path, { body, headers });

/** The answer's data, with its message beside them, and whether the work goes on as a job. */
async function call(method, path, { body, headers, signal }) {
  const response = await send(path, {
    method,
    signal,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  return { ...answer.data, message: answer.message, isPending: response.status === 202 };
}

/** Fetches; asks for the key where it is needed; throws what was refused. */
export async function send(path, options = {}) {
  for (;;) {
    const given = key.get();
    const response = await reached(path, { ...options, headers: given ? { ...options.headers, 'x-functions-key': given } : options.headers });
    if (response.ok) return response;
    const error = await refusal(response);
    if (response.status !== 401) throw error;
    // Another call may have asked meanwhile.
    if (key.get() !== given) continue;
    if (declined) throw error;
    asking ??= askForKey(given ? 'The key was not accepted.' : 'This service asks for a key.').finally(() => { asking = null; });
    if (await asking) continue;
    declined = true;
    throw error;
  }
}

/** Saves an answer as a file. It is fetched, since a link could not carry the key. */
export async function download(path, query) {
  const response = await send(address(path, query));
  const named = /filename="?([^";]+)"?/.exec(response.headers.get('content-disposition') ?? '');
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = named?.[1] ?? 'download';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return link.download;
}

async function reached(path, options) {
  try {
    return await fetch(path, { ...options, cache: 'no-store' });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, 'The service does not answer. Check that it runs and that this device is online, then try again.', 'unreachable');
  }
}

async function refusal(response) {
  const answer = await response.json().catch(() => ({}));
  return new ApiError(response.status, answer.error ?? `The service answered ${response.status} without a reason.`, answer.code, answer.details);
}
