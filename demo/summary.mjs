const HEAD = ['Event', 'Attempts', 'Answered', 'Signature', 'Hub says', 'Delivered after'];

/**
 * Puts what was published, what the receiver saw and what the hub has on record side by side.
 * @returns the table, and what is wrong with it: nothing, when everything was delivered and verified
 */
export function summarize(published, deliveries, log) {
  const wrong = [];
  const rows = published.map(({ name, eventId, at }) => {
    const row = log.find(({ event_id }) => event_id === eventId);
    const attempts = deliveries.get(row?.id) ?? [];
    const last = attempts.at(-1);
    const verified = attempts.length > 0 && attempts.every((attempt) => attempt.verified);
    if (last?.status !== 200) wrong.push(`${name} was not delivered`);
    if (attempts.length > 0 && !verified) wrong.push(`${name} came with a signature that does not verify`);
    if (row?.status !== 'success' || row.attempts !== attempts.length) {
      wrong.push(
        `${name}: the hub's log says ${row ? `${row.status}, attempts: ${row.attempts}` : 'nothing'}`,
      );
    }
    return [
      name,
      String(row?.attempts ?? 0),
      attempts.map(({ status }) => status).join(' ') || '-',
      verified ? 'verified' : 'NOT VERIFIED',
      row?.error ? `${row.status} (${row.error})` : (row?.status ?? 'nothing'),
      last?.status === 200 ? `${((last.at - at) / 1000).toFixed(2)} s` : 'never',
    ];
  });
  return { table: table([HEAD, ...rows]), wrong };
}

function table(rows) {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return lines.join('\n');
}
