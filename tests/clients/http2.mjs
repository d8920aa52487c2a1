// Plays a @stomp/stompjs client over a stream of Node's own HTTP/2 (RFC 8441) against a running server.
// Prints what the client saw as a JSON object.
// Nothing is judged here: the test that starts this does.
//   node http2.mjs '{"url":"https://127.0.0.1:1","token":"…","room":1}'
import http2 from 'node:http2';
import { Client } from '@stomp/stompjs';
import { Receiver, Sender } from 'ws';

const cast = JSON.parse(process.argv[2]);
setTimeout(() => process.exit(1), 60_000).unref();

/** As much of a WebSocket as stompjs needs, on a stream of an HTTP/2 connection. */
class StreamSocket {
  binaryType = 'arraybuffer';
  readyState = 0;
  #sender;

  constructor(stream) {
    this.url = cast.url;
    this.#sender = new Sender(stream);
    const receiver = new Receiver({ isServer: false });
    receiver.on('message', (data, isBinary) => this.onmessage({ data: isBinary ? data : data.toString() }));
    receiver.on('conclude', code => this.#end(stream, code));
    stream.on('response', headers => {
      this.readyState = 1;
      this.status = headers[':status'];
      this.protocol = headers['sec-websocket-protocol'];
      this.onopen();
    });
    stream.on('error', error => this.onclose({ code: 1006, reason: String(error), wasClean: false }));
    stream.pipe(receiver);
  }

  send(data) {
    this.#sender.send(data, { binary: typeof data !== 'string', mask: true, fin: true, compress: false });
  }

  close(code = 1000) {
    this.readyState = 2;
    this.#sender.close(code, '', true);
  }

  #end(stream, code) {
    if (this.readyState === 1) this.close(code);
    this.readyState = 3;
    stream.end();
    stream.on('close', () => this.onclose({ code, reason: '', wasClean: true }));
  }
}

const session = http2.connect(cast.url, { rejectUnauthorized: false });
const settings = await new Promise(resolve => session.once('remoteSettings', resolve));
const seen = { offered: settings.enableConnectProtocol, receipt: null, text: null };
await new Promise(resolve => {
  let socket;
  const finish = () => seen.receipt && seen.text && client.deactivate();
  const client = new Client({
    webSocketFactory() {
      const request = { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/ws' };
      const handshake = { 'sec-websocket-version': '13', 'sec-websocket-protocol': 'v12.stomp' };
      return (socket = new StreamSocket(session.request({ ...request, ...handshake })));
    },
    connectHeaders: { Authorization: `Bearer ${cast.token}` },
    reconnectDelay: 0,
    onConnect() {
      client.subscribe(`/topic/rooms/${cast.room}`, message => {
        seen.text = JSON.parse(message.body).message.text;
        finish();
      });
      client.watchForReceipt('r', () => finish((seen.receipt = true)));
      client.publish({ destination: `/app/rooms/${cast.room}/messages`, headers: { receipt: 'r' }, body: '{"text":"over a stream"}' });
    },
    onWebSocketClose: ({ code }) => resolve(Object.assign(seen, { code, status: socket.status, subprotocol: socket.protocol })),
  });
  client.activate();
});
session.close();
console.log(JSON.stringify(seen));
