import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/** Jest gives these of the process itself, so that what Node returns is an instance of what a test names. */
const SHARED = new Set(['Buffer', 'ArrayBuffer', 'Uint8Array']);

/**
 * Jest's environment for Node with an ordinary global object. Jest's own is a proxy behind interceptors, and each `Math` or `Number`
 * in a loop is looked up through both: arithmetic on waveforms takes several times as long.
 */
export default class PlainGlobals extends TestEnvironment {
  constructor(...args) {
    super(...args);
    const plain = vm.createContext(vm.constants.DONT_CONTEXTIFY);
    for (const name of Reflect.ownKeys(this.global)) {
      if (!SHARED.has(name) && Object.hasOwn(plain, name)) continue;
      Object.defineProperty(plain, name, Object.getOwnPropertyDescriptor(this.global, name));
    }
    plain.global = plain;
    plain.Error.stackTraceLimit = 100;
    this.context = plain;
    this.global = plain;
  }
}
