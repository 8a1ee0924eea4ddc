/** Each event of a benchmark carries its number, so that what was sent can be told from what arrived. */
export const NUMBER_MARK = '"n":"';
export const NUMBER_DIGITS = 8;

/** About what a real event carries; with what the hub puts around it, half a kilobyte. */
const TEXT = 'Nightly deployment of the shop to the second region finished; all checks are green. '.repeat(3);

export const PROJECT = 'bench';
export const EVENT_TYPE = 'deployment.completed';

const before = `{"project_id":"${PROJECT}",${NUMBER_MARK}`;
const after = `","version":"1.4.0","text":${JSON.stringify(TEXT.trim())}}`;

/** JSON data of the `n`th event. */
export function numbered(n: number): string {
  return before + String(n).padStart(NUMBER_DIGITS, '0') + after;
}
