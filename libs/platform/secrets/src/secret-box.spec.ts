import { describe, expect, it } from '@jest/globals';
import { parseEncryptionKeys, type EncryptionKeys } from '#libs/platform/config';
import { SecretBox, SecretKeyError } from './secret-box.js';

const KEY_1 = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
const KEY_2 = `k2:${Buffer.alloc(32, 2).toString('base64')}`;
const FALSE_KEY_1 = `k1:${Buffer.alloc(32, 9).toString('base64')}`;
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const box = (text: string): SecretBox => new SecretBox(parseEncryptionKeys(text) as EncryptionKeys);

describe('a secret', () => {
  const sealed = box(KEY_1).seal('whsec_MDEyMzQ1Njc4OWFi', 'webhook/1/a');

  it('opens with its key at its place', () => {
    expect(box(KEY_1).open(sealed, 'webhook/1/a')).toBe('whsec_MDEyMzQ1Njc4OWFi');
    expect(sealed).not.toContain('MDEyMzQ1');
    expect(sealed).toMatch(/^enc1\.k1\./);
  });

  it('is never encrypted the same way twice', () => {
    expect(box(KEY_1).seal('x', 'p')).not.toBe(box(KEY_1).seal('x', 'p'));
  });

  it('does not open at another place', () => {
    expect(() => box(KEY_1).open(sealed, 'webhook/2/a')).toThrow(SecretKeyError);
  });

  it('does not open when a part of it was changed', () => {
    for (let at = 'enc1.k1.'.length; at < sealed.length; at += 7) {
      if (sealed[at] === '.') continue;
      // Its highest bit: the lower ones of a last character stand for nothing.
      const digit = BASE64URL[(BASE64URL.indexOf(sealed[at]!) + 32) % 64]!;
      const changed = sealed.slice(0, at) + digit + sealed.slice(at + 1);
      expect(() => box(KEY_1).open(changed, 'webhook/1/a')).toThrow(SecretKeyError);
    }
  });

  it('opens after a rotation, and is not current until it is encrypted anew', () => {
    const after = box(`${KEY_2},${KEY_1}`);
    expect(after.open(sealed, 'webhook/1/a')).toBe('whsec_MDEyMzQ1Njc4OWFi');
    expect(after.isCurrent(sealed)).toBe(false);
    expect(after.isCurrent(after.seal('x', 'p'))).toBe(true);
  });

  it('names the key that is missing, or that is another of its name, and shows nothing', () => {
    expect(() => box(KEY_2).open(sealed, 'webhook/1/a')).toThrow(
      'a secret is encrypted by the key k1, which is not given',
    );
    expect(() => box(FALSE_KEY_1).open(sealed, 'webhook/1/a')).toThrow('a secret does not open with the key k1');
  });

  it('that was stored before there were keys is read as it is', () => {
    expect(box(KEY_1).open('whsec_old', 'webhook/1/a')).toBe('whsec_old');
    expect(box(KEY_1).isCurrent('whsec_old')).toBe(false);
  });

  it('is stored readable again where "plain" comes first', () => {
    const plain = box(`plain,${KEY_1}`);
    expect(plain.isCurrent(sealed)).toBe(false);
    expect(plain.seal(plain.open(sealed, 'webhook/1/a'), 'webhook/1/a')).toBe('whsec_MDEyMzQ1Njc4OWFi');
  });
});

describe('keys', () => {
  it.each(['', 'k1', 'k1:abc', `k 1:${KEY_2.slice(3)}`, `${KEY_1};${KEY_2}`])(
    'refuses %j and quotes none of it',
    (text) => {
      expect(parseEncryptionKeys(text)).toMatch(/^must be a list of id:key/);
    },
  );

  it('refuses an id that comes twice', () => {
    expect(parseEncryptionKeys(`${KEY_1},${FALSE_KEY_1}`)).toBe('has the id k1 twice');
  });
});
