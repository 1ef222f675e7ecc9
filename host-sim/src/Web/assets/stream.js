// Live data by server-sent events: the browser itself connects again and says what it has last; a connection that is silent for too long
// although it looks open is opened anew.
const SILENCE_MS = 40000;

/**
 * Follows a stream; returns a function that ends it. silenceMs is how long one that has heartbeats may say nothing; 0 for one without.
 */
export function follow(url, handlers, onState, silenceMs = SILENCE_MS) {
  let source = null, heardMs = 0, ended = false;
  const open = () => {
    source?.close();
    source = new EventSource(url);
    heardMs = performance.now();
    source.onopen = () => {
      heardMs = performance.now();
      onState("up");
    };
    source.onerror = () => {
      onState("down");
      if (source.readyState === EventSource.CLOSED && !ended) setTimeout(open, 2000);
    };
    for (const [name, handler] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => {
        heardMs = performance.now();
        onState("up");
        handler(JSON.parse(event.data), event);
      });
    }
  };
  const watch = setInterval(() => {
    if (silenceMs > 0 && performance.now() - heardMs > silenceMs) open();
  }, 5000);
  open();
  return () => {
    ended = true;
    clearInterval(watch);
    source.close();
  };
}

/** Asks the server for something; throws an Error whose message is the server's own. */
export async function ask(method, url, body) {
  let answer;
  try {
    answer = await fetch(url, { method, headers: body === undefined ? {} : { "Content-Type": "application/json" }, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Error("the server does not answer");
  }
  const text = await answer.text();
  let said = null;
  try {
    said = text ? JSON.parse(text) : null;
  } catch {
    said = null;
  }
  if (!answer.ok) throw new Error(said?.detail ?? said?.title ?? `the server says ${answer.status}`);
  return said;
}
