/** Reads what {@link ByteWriter} wrote. Throws where the bytes end too early: they are the store's own, and such an end is damage. */
export class ByteReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  count(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.next();
      value += (byte % 128) * unit;
      if (byte < 128) return value;
    }
  }

  distance(): number {
    return signed(this.count());
  }

  /** ms */
  duration(): number {
    const value = this.count();
    const whole = signed(Math.floor(value / 2));
    return value % 2 === 0 ? 1000 * whole : whole;
  }

  text(): string {
    const length = this.count();
    let value = '';
    for (let i = 0; i < length; i++) value += String.fromCharCode(this.next());
    return value;
  }

  real(): number {
    const view = new DataView(new ArrayBuffer(4));
    for (let i = 0; i < 4; i++) view.setUint8(i, this.next());
    return view.getFloat32(0);
  }

  private next(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error('the bytes of a forecast end too early');
    return byte;
  }
}

function signed(zigzag: number): number {
  return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
}
