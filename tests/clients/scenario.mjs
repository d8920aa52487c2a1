// Plays two @stomp/stompjs clients and one webstomp-client against a running server.
// Prints what each of them experienced, one JSON object a line.
// Nothing is judged here: the test that starts this does.
//   node scenario.mjs '{"url":"ws://127.0.0.1:1/ws","ann":"token","bob":"token","cat":"token","room":1,"closed":2}'
import { Client } from '@stomp/stompjs';
import webstomp from 'webstomp-client';
import { WebSocket } from 'ws';

const cast = JSON.parse(process.argv[2]);
const topic = `/topic/rooms/${cast.room}`;
const send = `/app/rooms/${cast.room}/messages`;
const deadline = setTimeout(() => fail(new Error('deadline')), 60_000);

function say(step, facts) {
  console.log(JSON.stringify({ step, ...facts }));
}

function fail(error) {
  say('failed', { message: String(error?.stack ?? error) });
  process.exit(1);
}

process.on('unhandledRejection', fail);

/** A value that comes later. */
function later() {
  const it = {};
  it.promise = new Promise((resolve, reject) => Object.assign(it, { resolve, reject }));
  return it;
}

/** The seqs and texts that a subscription brought; awaits as many as asked for. */
class Seen {
  items = [];
  #waiting = [];

  add(message) {
    const event = JSON.parse(message.body);
    this.items.push({ seq: event.seq, header: Number(message.headers.seq), type: event.type, text: event.message?.text ?? null });
    this.#waiting = this.#waiting.filter(wait => !wait());
  }

  async until(count) {
    const { promise, resolve } = later();
    const wait = () => this.items.length >= count && (resolve(), true);
    if (!wait()) this.#waiting.push(wait);
    await promise;
    return this.items;
  }
}

/** A stompjs client that is connected. */
async function stompjs(token, options = {}, subprotocols) {
  const connected = later();
  const client = new Client({
    webSocketFactory: () => {
      const socket = new WebSocket(cast.url, subprotocols ?? client.stompVersions.protocolVersions())
      return Object.assign(socket, { binaryType: 'arraybuffer' })
    },
    connectHeaders: { Authorization: `Bearer ${token}` },
    reconnectDelay: 0,
    heartbeatIncoming: 0,
    heartbeatOutgoing: 0,
    onConnect: connected.resolve,
    onStompError: frame => { client.error = { message: frame.headers.message, body: frame.body }; connected.resolve(frame); },
    onWebSocketClose: event => client.closed?.resolve(event.code),
    ...options,
  });
  client.closed = later();
  client.activate();
  client.frame = await connected.promise;
  return client;
}

function receipt(client, id) {
  const { promise, resolve } = later();
  client.watchForReceipt(id, resolve);
  return promise;
}

async function publish(client, text, id, extra = {}) {
  const received = receipt(client, id);
  client.publish({ destination: send, body: JSON.stringify({ text }), headers: { receipt: id, 'client-key': id }, ...extra });
  const frame = await received;
  return { seq: Number(frame.headers.seq), room: Number(frame.headers.room) };
}

async function main() {
  // Two stompjs clients talk; one of them in frames of binary messages.
  const ann = await stompjs(cast.ann);
  const bob = await stompjs(cast.bob, { forceBinaryWSFrames: true });
  say('connected', { version: ann.connectedVersion, server: ann.frame.headers.server, subprotocol: ann.webSocket.protocol });
  const [annSees, bobSees] = [new Seen(), new Seen()];
  for (const [client, seen] of [[ann, annSees], [bob, bobSees]]) {
    const subscribed = receipt(client, 'subscribed');
    client.subscribe(topic, message => seen.add(message), { id: 'room', receipt: 'subscribed' });
    await subscribed;
  }
  const first = await publish(ann, 'from ann 한글 😀', 'a1');
  const second = await publish(bob, 'from bob', 'b1');
  const binaryBody = new TextEncoder().encode(JSON.stringify({ text: 'bytes' }));
  const binary = await publish(bob, 'bytes', 'b2', { body: undefined, binaryBody });
  const again = await publish(ann, 'from ann 한글 😀', 'a1');
  say('talk', { first, second, binary, again, ann: await annSees.until(3), bob: await bobSees.until(3) });

  // A large message in small WebSocket messages.
  const splitting = await stompjs(cast.bob, { splitLargeFrames: true, maxWebSocketChunkSize: 1024 });
  const large = 'x'.repeat(15_000);
  const split = await publish(splitting, large, 's1');
  const arrived = (await annSees.until(4))[3];
  say('split', { split, whole: arrived.text === large, seq: arrived.seq });
  await splitting.deactivate();

  // The third: webstomp-client, with heart-beats, which loses frames that begin with an EOL.
  const socket = new WebSocket(cast.url, ['v12.stomp', 'v11.stomp', 'v10.stomp']);
  const cat = webstomp.over(socket, { debug: false, heartbeat: { incoming: 10_000, outgoing: 10_000 } });
  const catConnected = later();
  cat.connect({ Authorization: `Bearer ${cast.cat}` }, catConnected.resolve, catConnected.reject);
  await catConnected.promise;
  const catSees = new Seen();
  const catReceipt = later();
  cat.onreceipt = frame => catReceipt.resolve(frame);
  cat.subscribe(topic, message => catSees.add(message), { id: 'cats', after: '0' });
  cat.send(send, JSON.stringify({ text: 'from cat' }), { receipt: 'c1', 'client-key': 'c1' });
  const caught = await catReceipt.promise;
  const seen = await catSees.until(Number(caught.headers.seq));
  say('webstomp', { version: cat.version ?? null, subprotocol: socket.protocol, receipt: caught.headers, seen });

  // Refused where they are no members: on the errors queue, and without it by ERROR and close.
  const refused = later();
  ann.subscribe('/user/queue/errors', refused.resolve, { id: 'errors' });
  ann.publish({ destination: `/app/rooms/${cast.closed}/messages`, body: '{"text":"?"}', headers: { receipt: 'no' } });
  const refusal = await refused.promise;
  const outsider = await stompjs(cast.bob);
  outsider.subscribe(`/topic/rooms/${cast.closed}`, () => say('leak', {}), { id: 'closed' });
  const queue = { ...refusal.headers, body: JSON.parse(refusal.body) };
  say('refused', { queue, close: await outsider.closed.promise, error: outsider.error });

  // Resume: drops the connection, misses messages, comes back with after.
  const before = annSees.items.at(-1).seq;
  await ann.deactivate();
  const missed = [];
  for (let i = 0; i < 5; i++) missed.push((await publish(bob, `missed ${i}`, `m${i}`)).seq);
  const back = await stompjs(cast.ann);
  const resumed = new Seen();
  back.subscribe(topic, message => resumed.add(message), { id: 'room', after: String(before) });
  await publish(bob, 'live again', 'm5');
  say('resumed', { before, missed, seen: await resumed.until(missed.at(-1) + 1 - before) });

  // Every subprotocol alone.
  for (const [subprotocol, version] of [['v10.stomp', '1.0'], ['v11.stomp', '1.1'], ['v12.stomp', '1.2']]) {
    const client = await stompjs(cast.ann, { stompVersions: { supportedVersions: () => version, protocolVersions: () => [subprotocol] } });
    const seen = new Seen();
    client.subscribe(topic, message => seen.add(message), { id: 'room', after: String(missed.at(-1)) });
    const sent = await publish(client, `in ${version}`, `v${version}`);
    const items = await seen.until(sent.seq - missed.at(-1));
    const { webSocket, connectedVersion } = client;
    say('version', { asked: version, subprotocol: webSocket.protocol, connected: connectedVersion, last: items.at(-1), sent });
    await client.deactivate();
  }

  // A bad token.
  const nobody = await stompjs('not.a.token');
  say('bad token', { error: nobody.error, close: await nobody.closed.promise });

  // Heart-beats: both sides beat while nothing is said; the connection must live on through three of the server's rounds.
  let beats = 0;
  const pulse = await stompjs(cast.ann, {
    heartbeatIncoming: 1000,
    heartbeatOutgoing: 1000,
    logRawCommunication: true,
    debug: text => { if (text.includes('<<< PONG')) { beats++; enough(); } },
  });
  const beaten = later();
  function enough() { if (beats >= 3) beaten.resolve(); }
  const lost = await Promise.race([beaten.promise.then(() => false), pulse.closed.promise.then(() => true)]);
  say('heart-beats', { beats, lost, alive: (await publish(pulse, 'still here', 'hb')).seq > 0 });

  // Good-bye, with a receipt before the close.
  const bye = later();
  cat.disconnect(() => bye.resolve(true), { receipt: 'bye' });
  await pulse.deactivate();
  await back.deactivate();
  await bob.deactivate();
  say('ended', { bye: await bye.promise, codes: [await back.closed.promise, await bob.closed.promise] });
  clearTimeout(deadline);
  socket.terminate();
}

main().then(() => process.exit(0), fail);
