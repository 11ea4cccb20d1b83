import { get } from 'node:http';

/**
 * A process that reads a stream of server-sent events and throws it away: the load that a browser on another machine is for the server, without
 * a browser's work on this one. Arguments: URL, authorization header. Prints `reading` when it is answered; after SIGTERM, how many bytes it read.
 */
const [, , url = '', authorization = ''] = process.argv;
let bytes = 0;
const request = get(url, { headers: { authorization, accept: 'text/event-stream' } }, (answer) => {
  if (answer.statusCode !== 200) throw new Error(`the stream was answered ${answer.statusCode}`);
  console.log('reading');
  answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
});
process.on('SIGTERM', () => {
  request.destroy();
  console.log(`${bytes} bytes`);
  process.exit(0);
});
