// Opens a page of a running server in Chromium, speaks STOMP over a WebSocket from there, and prints what the browser saw as a JSON object.
// Nothing is judged here: the test that starts this does.
//   node browser.mjs '{"chromium":"/usr/bin/chromium","url":"https://127.0.0.1:1","token":"…","room":1}'
import { chromium } from 'playwright-core';

const cast = JSON.parse(process.argv[2]);

/** Runs in the page. */
function talk({ token, room }) {
  const frame = (command, headers, body = '') =>
    `${command}\n${Object.entries(headers).map(([name, value]) => `${name}:${value}\n`).join('')}\n${body}\0`;
  return new Promise((resolve, reject) => {
    const seen = { page: performance.getEntriesByType('navigation')[0].nextHopProtocol, receipt: false, text: null };
    const socket = new WebSocket(`wss://${location.host}/ws`, ['v11.stomp', 'v12.stomp']);
    socket.onopen = () => {
      socket.send(frame('CONNECT', { 'accept-version': '1.2', host: 'maru', Authorization: `Bearer ${token}` }));
      socket.send(frame('SUBSCRIBE', { destination: `/topic/rooms/${room}`, id: 'a' }));
      socket.send(frame('SEND', { destination: `/app/rooms/${room}/messages`, receipt: 'r' }, '{"text":"from a page"}'));
    };
    socket.onmessage = ({ data }) => {
      if (data.startsWith('ERROR')) reject(new Error(data));
      if (data.startsWith('RECEIPT')) seen.receipt = true;
      if (data.startsWith('MESSAGE')) seen.text = JSON.parse(data.slice(data.indexOf('\n\n'), -1)).message.text;
      if (seen.receipt && seen.text) socket.close(3001, 'done');
    };
    socket.onclose = ({ code, wasClean }) => resolve({ ...seen, subprotocol: socket.protocol, code, wasClean });
  });
}

const browser = await chromium.launch({ executablePath: cast.chromium, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] });
try {
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  let handshake = null;
  network.on('Network.webSocketHandshakeResponseReceived', ({ response }) => (handshake = response));
  await page.goto(`${cast.url}/health/live`);
  const seen = await page.evaluate(talk, cast);
  console.log(JSON.stringify({ ...seen, status: handshake?.status ?? null }));
} finally {
  await browser.close();
}
