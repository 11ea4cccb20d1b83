import { Transform, type TransformCallback } from 'node:stream';

/**
 * Passes MQTT bytes on and ends the stream with an error when a packet announces more than `maxBytes`: the broker's parser would
 * collect the whole packet in memory first. Only the fixed header is read (MQTT 3.1.1 §2.2).
 */
export class MqttFrameGuard extends Transform {
  /** Bytes of the current packet still to come. */
  private body = 0;
  /** Bytes of the fixed header read so far; 0 between packets. */
  private header = 0;
  private length = 0;

  constructor(private readonly maxBytes: number) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    for (let at = 0; at < chunk.length;) {
      if (this.body > 0) {
        const step = Math.min(this.body, chunk.length - at);
        this.body -= step;
        at += step;
        continue;
      }
      if (!this.readHeader(chunk[at] ?? 0)) {
        done(new Error('MQTT packet too large or malformed'));
        return;
      }
      at++;
    }
    done(null, chunk);
  }

  /** False when the packet is too large, or its length is not well formed. */
  private readHeader(byte: number): boolean {
    if (this.header === 0) {
      this.header = 1;
      this.length = 0;
      return true;
    }
    this.length += (byte & 0x7f) * 128 ** (this.header - 1);
    this.header++;
    if ((byte & 0x80) !== 0) return this.header <= 4;
    this.body = this.length;
    this.header = 0;
    return this.length <= this.maxBytes;
  }
}
