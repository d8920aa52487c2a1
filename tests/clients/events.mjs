// Reads Server-Sent Events of a running server by an EventSource, of npm or of Chromium, and prints what it saw, one JSON object a line.
// Its connections go through a relay here, which breaks them off.
// Nothing is judged here: the test that starts this does.
//   node events.mjs '{"client":"eventsource","url":"http://127.0.0.1:1","ann":"token","annId":1,"bob":"token","room":1}'
// client: eventsource, eventsource2, event-source-polyfill, chromium (with its program as "chromium")
// With "draining":true it only counts how often it is told to come back.
import net from 'node:net';

const cast = JSON.parse(process.argv[2]);
const deadline = setTimeout(() => fail(new Error('deadline')), 120_000);

function fail(error) {
  console.log(JSON.stringify({ step: 'failed', message: String(error?.stack ?? error) }));
  process.exit(1);
}

process.on('unhandledRejection', fail);
process.on('uncaughtException', fail);

/** Plays with the EventSource of its surroundings: runs in Node, or in a page. */
async function play({ url, ann, annId, bob, room, draining }) {
  const events = [];
  let waiting = [];
  const changed = () => { waiting = waiting.filter(wait => !wait()); };
  const until = condition => new Promise(resolve => {
    const wait = () => condition() && (resolve(), true);
    if (!wait()) waiting.push(wait);
  });
  const open = (path, types) => {
    const source = new EventSource(url + path);
    for (const type of types)
      source.addEventListener(type, event => { events.push({ type, id: event.lastEventId, data: JSON.parse(event.data) }); changed(); });
    source.addEventListener('error', event => {
      source.lastStatus = event.code ?? event.status ?? null;
      setTimeout(changed);      // some close behind the event
    });
    return source;
  };
  const of = type => events.filter(event => event.type === type);
  const call = async (token, method, path, body, tries = 5) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': body?.text ?? '-' };
    const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) }).catch(error => {
      if (tries === 1) throw error;     // else the connection has just been broken off
    });
    if (!response) return await call(token, method, path, body, tries - 1);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
    return response.status === 204 ? null : await response.json();
  };
  const say = async text => (await call(bob, 'POST', `/api/rooms/${room}/messages`, { text })).seq;

  if (draining) {
    const feed = open(`/api/events?access_token=${ann}`, ['problem']);
    await until(() => of('problem').length >= 2);
    const state = feed.readyState;
    feed.close();
    return [{ step: 'draining', types: of('problem').map(event => event.data.type), closed: state === 2 }];
  }

  const steps = [];
  // A room's log, before and across a connection that breaks off.
  const said = [await say('before')];
  const log = open(`/api/rooms/${room}/events?after=0&access_token=${ann}`, ['message.created']);
  await until(() => of('message.created').length === 1);
  said.push(await say('live'));
  await until(() => of('message.created').length === 2);
  await globalThis.breakOff();
  said.push(await say('missed'), await say('later'));
  await until(() => of('message.created').length >= 4);
  const heard = of('message.created');
  steps.push({ step: 'log', said, seen: heard.map(event => event.data.seq), ids: heard.map(event => Number(event.id)) });
  log.close();

  // One's own events, which begin anew with the snapshot, and end with the session.
  const feed = open(`/api/events?access_token=${ann}`, ['unread', 'room.added', 'session.ended']);
  await until(() => of('unread').length === 1);
  await call(bob, 'POST', '/api/rooms', { name: 'added', visibility: 'private', members: [annId] });
  await until(() => of('room.added').length === 1);
  await globalThis.breakOff();
  await until(() => of('unread').length === 2);
  await call(ann, 'POST', '/api/auth/logout');
  await until(() => feed.readyState === 2);
  const seen = events.filter(event => event.type !== 'message.created');
  steps.push({ step: 'feed', types: seen.map(event => event.type), ids: seen.map(event => event.id), status: feed.lastStatus });
  return steps;
}

/** A relay to the server, whose connections break off on demand. */
async function relay(to) {
  const { hostname, port } = new URL(to);
  const open = new Set();
  const server = net.createServer(client => {
    const upstream = net.connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => { open.delete(socket); client.destroy(); upstream.destroy(); });
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, breakOff: () => { for (const socket of open) socket.destroy(); } };
}

async function playInChromium(url, breakOff) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: cast.chromium, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] });
  try {
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    await page.exposeFunction('breakOff', breakOff);
    await page.goto(`${url}/health/live`);
    const protocol = await page.evaluate(() => performance.getEntriesByType('navigation')[0].nextHopProtocol);
    return [...await page.evaluate(play, { ...cast, url }), { step: 'page', protocol }];
  } finally {
    await browser.close();
  }
}

async function playInNode(url, breakOff) {
  const classes = {
    eventsource: async () => (await import('eventsource')).EventSource,
    eventsource2: async () => (await import('eventsource2')).default,
    'event-source-polyfill': async () => (await import('event-source-polyfill')).default.EventSourcePolyfill,
  };
  globalThis.EventSource = await classes[cast.client]();
  globalThis.breakOff = breakOff;
  return await play({ ...cast, url });
}

const { port, breakOff } = await relay(cast.url);
const url = `${new URL(cast.url).protocol}//127.0.0.1:${port}`;
const steps = cast.client === 'chromium' ? await playInChromium(url, breakOff) : await playInNode(url, breakOff);
for (const step of steps) console.log(JSON.stringify(step));
clearTimeout(deadline);
process.exit(0);
