// Alerts ask logs for texts and names: each must be one that the service writes.

const asked = /(\w+) (\S+|matches regex) "([^"]*)"/g;

const looks = {
  'Name ==': text => source => source.includes(`[Function(nameof(${text}))]`),
  'Message startswith': text => source => source.includes(`"${text}`),
  // What stands before the first choice.
  'Message matches regex': text => source => source.includes(text.split('[')[0]),
  // A status of HTTP, which is no text of the service's.
  'ResultCode ==': () => () => true,
};

export function checkAlerts(all, sources) {
  const problems = [];
  const file = all.find(one => one.path === 'modules/alerts.bicep');
  for (const { value } of file.expressions()) {
    if (value.kind !== 'object') continue;
    const query = value.properties.find(one => one.key.text === 'query')?.value;
    const problem = message => problems.push({ path: file.path, line: query.line, message });
    const found = [...query?.text?.matchAll(asked) ?? []];
    if (query?.text && found.length !== query.text.split('"').length >> 1) problem('the query compares in a way that this check does not understand');
    for (const [, column, operator, text] of found) {
      const look = looks[`${column} ${operator}`];
      if (!look) problem(`the query compares ${column} ${operator}, which this check does not understand`);
      else if (!sources.some(source => look(text)(source.text))) problem(`nothing in the code logs or is called "${text}"`);
    }
  }
  return problems;
}
