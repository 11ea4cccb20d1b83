/** Writes whole numbers in as few bytes as they need: seven bits a byte, lowest first (LEB128); signed ones as zigzag, so that small distances are short. */
export class ByteWriter {
  private bytes = new Uint8Array(256);
  private size = 0;

  /** A whole number, 0 ≤ value ≤ 2^53 − 1. */
  count(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.push(rest);
  }

  /** A whole number of any sign, |value| ≤ 2^52. */
  distance(value: number): void {
    this.count(zigzag(value));
  }

  /** A duration in ms, |value| ≤ 2^51: shorter when it is whole seconds. */
  duration(ms: number): void {
    const seconds = ms / 1000;
    if (Number.isInteger(seconds)) this.count(2 * zigzag(seconds));
    else this.count(2 * zigzag(ms) + 1);
  }

  /** Plain ASCII, at most 127 characters. */
  text(value: string): void {
    this.count(value.length);
    for (let i = 0; i < value.length; i++) this.push(value.charCodeAt(i) & 127);
  }

  /** Single precision: about seven digits. */
  real(value: number): void {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value);
    for (let i = 0; i < 4; i++) this.push(view.getUint8(i));
  }

  all(bytes: Uint8Array): void {
    for (const byte of bytes) this.push(byte);
  }

  done(): Uint8Array {
    return this.bytes.slice(0, this.size);
  }

  private push(byte: number): void {
    if (this.size === this.bytes.length) {
      const longer = new Uint8Array(2 * this.size);
      longer.set(this.bytes);
      this.bytes = longer;
    }
    this.bytes[this.size++] = byte;
  }
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}
