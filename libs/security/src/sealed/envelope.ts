import { randomBytes } from 'node:crypto';
import { SecretBox } from './secret-box';

const DATA_KEY_BYTES = 32;

/** What the key of a row is bound to. */
export const dataKeyOf = (row: string): string => `${row}:data_key`;

/** The columns of a row that must not be readable in the database. */
export interface SealedRow<Column extends string> {
  /** The row's own key, sealed with the master key: all that has to be sealed anew when that changes. */
  readonly dataKey: string;
  readonly columns: Readonly<Record<Column, string>>;
}

/** Envelope encryption: the columns of a row are sealed with a key of that row, and that key with the master key. */
export class Envelope {
  constructor(private readonly master: SecretBox) {}

  /** @param row names the row: table, id and version. `open` must be given the same. */
  seal<Column extends string>(texts: Readonly<Record<Column, string>>, row: string): SealedRow<Column> {
    const key = randomBytes(DATA_KEY_BYTES).toString('base64');
    const box = new SecretBox(key);
    const columns = Object.fromEntries(
      Object.entries<string>(texts).map(([column, text]) => [column, box.seal(text, `${row}:${column}`)]),
    ) as Record<Column, string>;
    return { dataKey: this.master.seal(key, dataKeyOf(row)), columns };
  }

  /** @throws SecretBoxError when the master key is unknown, or something was changed or belongs to another row or column */
  open<Column extends string>({ dataKey, columns }: SealedRow<Column>, row: string): Record<Column, string> {
    const box = new SecretBox(this.master.open(dataKey, dataKeyOf(row)));
    return Object.fromEntries(
      Object.entries<string>(columns).map(([column, sealed]) => [
        column,
        box.open(sealed, `${row}:${column}`),
      ]),
    ) as Record<Column, string>;
  }
}
