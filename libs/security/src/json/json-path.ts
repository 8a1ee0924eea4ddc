const LONGEST = 200;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** `data.items[3]["odd name"]`, cut where it gets long. */
export function jsonPath(steps: readonly (string | number)[]): string {
  let path = '';
  for (const step of steps) {
    path += segment(step, path === '');
    if (path.length > LONGEST) return `${path.slice(0, LONGEST).toWellFormed()}…`;
  }
  return path;
}

function segment(step: string | number, first: boolean): string {
  if (typeof step === 'number') return `[${step}]`;
  // One character more than may be shown, so that a cut name is seen to be cut.
  const name = step.slice(0, LONGEST + 1);
  if (!IDENTIFIER.test(name)) return `[${JSON.stringify(name)}]`;
  return first ? name : `.${name}`;
}
