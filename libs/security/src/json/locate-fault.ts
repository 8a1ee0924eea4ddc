import { jsonPath } from './json-path';
import { StrictJsonError, type StrictJsonReason } from './strict-json-error';

/** Only for what was already found wanting: reads UTF-8 text byte by byte, up to its first fault. */
export function throwFault(raw: Buffer, maxDepth: number): never {
  new FaultFinder(raw, maxDepth).read();
  throw new StrictJsonError('malformed', '', 0);
}

interface Container {
  /** Where in it the reader is; `null` where that is not known, as inside a key. */
  step: string | number | null;
  /** Keys so far; `null` in an array. */
  readonly keys: Set<string> | null;
}

const code = (character: string) => character.charCodeAt(0);
const QUOTE = code('"');
const BACKSLASH = code('\\');
const COMMA = code(',');
const COLON = code(':');
const MINUS = code('-');
const PLUS = code('+');
const POINT = code('.');
const ZERO = code('0');
const NINE = code('9');
const LOWER_E = code('e');
const UPPER_E = code('E');
const LOWER_U = code('u');
const OPEN_BRACKET = code('[');
const CLOSE_BRACKET = code(']');
const OPEN_BRACE = code('{');
const CLOSE_BRACE = code('}');
const FIRST_PRINTABLE = 0x20;
const SPACES: ReadonlySet<number | undefined> = new Set([...' \t\n\r'].map(code));
const PLAIN_ESCAPES: ReadonlySet<number | undefined> = new Set([...'"\\/bfnrt'].map(code));
const LITERALS = ['true', 'false', 'null'];
const HEX = /^[0-9a-fA-F]{4}$/;

class FaultFinder {
  private at = 0;
  private readonly open: Container[] = [];

  constructor(
    private readonly raw: Buffer,
    private readonly maxDepth: number,
  ) {}

  /** Returns only when there is no fault. */
  read(): void {
    for (;;) {
      this.skipSpace();
      const byte = this.raw[this.at];
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (this.enter(byte === OPEN_BRACE)) continue;
      } else {
        this.scalar(byte);
      }
      if (!this.hasNext()) return;
    }
  }

  /** @returns whether something is in it: then the next value is at hand. */
  private enter(isObject: boolean): boolean {
    if (this.open.length >= this.maxDepth) this.fail('too_deep');
    const container: Container = isObject ? { step: null, keys: new Set() } : { step: 0, keys: null };
    this.open.push(container);
    this.at += 1;
    this.skipSpace();
    if (this.raw[this.at] === closing(container)) return false;
    this.key(container);
    return true;
  }

  /** After a value: leaves what ends here. @returns whether another value follows. */
  private hasNext(): boolean {
    for (;;) {
      this.skipSpace();
      const container = this.open.at(-1);
      const byte = this.raw[this.at];
      if (container === undefined) {
        if (byte !== undefined) this.fail('malformed');
        return false;
      }
      if (byte === COMMA) {
        this.at += 1;
        if (typeof container.step === 'number') container.step += 1;
        this.key(container);
        return true;
      }
      if (byte !== closing(container)) this.fail('malformed');
      this.at += 1;
      this.open.pop();
    }
  }

  /** The key and colon before a value of an object; nothing in an array. */
  private key(container: Container): void {
    if (container.keys === null) return;
    container.step = null;
    this.skipSpace();
    const start = this.at;
    if (this.raw[start] !== QUOTE) this.fail('malformed');
    const key = this.string();
    container.step = key;
    if (container.keys.has(key)) this.fail('duplicate_key', start);
    container.keys.add(key);
    const insideConstructor = this.open.at(-2)?.step === 'constructor';
    if (key === '__proto__' || (key === 'prototype' && insideConstructor)) this.fail('forbidden_key', start);
    this.skipSpace();
    if (this.raw[this.at] !== COLON) this.fail('malformed');
    this.at += 1;
  }

  private scalar(byte: number | undefined): void {
    if (byte === QUOTE) {
      this.string();
    } else if (byte === MINUS || isDigit(byte)) {
      this.number();
    } else {
      const literal = LITERALS.find(
        (text) => this.raw.toString('latin1', this.at, this.at + text.length) === text,
      );
      if (literal === undefined) this.fail('malformed');
      this.at += literal.length;
    }
  }

  private number(): void {
    if (this.raw[this.at] === MINUS) this.at += 1;
    if (this.raw[this.at] === ZERO) this.at += 1;
    else this.digits();
    if (this.raw[this.at] === POINT) {
      this.at += 1;
      this.digits();
    }
    if (this.raw[this.at] === LOWER_E || this.raw[this.at] === UPPER_E) {
      this.at += 1;
      if (this.raw[this.at] === PLUS || this.raw[this.at] === MINUS) this.at += 1;
      this.digits();
    }
  }

  private digits(): void {
    if (!isDigit(this.raw[this.at])) this.fail('malformed');
    while (isDigit(this.raw[this.at])) this.at += 1;
  }

  /** @returns what it says, without its escapes. */
  private string(): string {
    const start = this.at;
    let escaped = false;
    this.at += 1;
    for (;;) {
      const byte = this.raw[this.at];
      if (byte === QUOTE) break;
      if (byte === 0) this.fail('nul_character');
      if (byte === undefined || byte < FIRST_PRINTABLE) this.fail('malformed');
      if (byte === BACKSLASH) {
        escaped = true;
        this.escape();
      } else {
        this.at += 1;
      }
    }
    this.at += 1;
    return escaped
      ? String(JSON.parse(this.raw.toString('utf8', start, this.at)))
      : this.raw.toString('utf8', start + 1, this.at - 1);
  }

  private escape(): void {
    const letter = this.raw[this.at + 1];
    if (PLAIN_ESCAPES.has(letter)) {
      this.at += 2;
      return;
    }
    const unit = this.codeUnit(this.at);
    if (unit === 0) this.fail('nul_character');
    if (isLowSurrogate(unit)) this.fail('invalid_utf8');
    if (isHighSurrogate(unit)) {
      const paired = this.raw[this.at + 6] === BACKSLASH && this.raw[this.at + 7] === LOWER_U;
      if (!paired || !isLowSurrogate(this.codeUnit(this.at + 6))) this.fail('invalid_utf8');
      this.at += 6;
    }
    this.at += 6;
  }

  private codeUnit(at: number): number {
    const digits = this.raw.toString('latin1', at + 2, at + 6);
    if (this.raw[at + 1] !== LOWER_U || !HEX.test(digits)) this.fail('malformed', at);
    return parseInt(digits, 16);
  }

  private skipSpace(): void {
    while (SPACES.has(this.raw[this.at])) this.at += 1;
  }

  private fail(reason: StrictJsonReason, position = this.at): never {
    const steps = this.open.map(({ step }) => step).filter((step) => step !== null);
    throw new StrictJsonError(reason, jsonPath(steps), Math.min(position, this.raw.length));
  }
}

function closing(container: Container): number {
  return container.keys === null ? CLOSE_BRACKET : CLOSE_BRACE;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
