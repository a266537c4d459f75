// What a person sees when the service is up: where everything is, and a first request that works when pasted.

export type Places = {
  address: string;
  docs: boolean;
  metrics: string;
  dataDir: string | undefined;
  sandbox: boolean;
  embedded: boolean;
};

/** One line for a shell with curl and sed: a sandbox token, then who it speaks for. */
export function firstCurl(address: string): string {
  const token =
    `curl -s -H 'Content-Type: application/json' -d '{"officer":"wf.heping"}' ${address}/v1/sandbox/tokens` +
    String.raw` | sed 's/.*"access_token":"\([^"]*\)".*/\1/'`;
  return `curl -s -H "Authorization: Bearer $(${token})" ${address}/v1/me`;
}

export function banner(places: Places): string {
  const { address, docs, metrics, dataDir, sandbox, embedded } = places;
  const first = sandbox ? firstCurl(address) : `curl -s ${address}/readyz`;
  return [
    '',
    `Judicial assistance and social relief 国家司法救助与社会救助协作 (${sandbox ? 'sandbox' : 'live'})`,
    '',
    `  service    ${address}`,
    ...(docs ? [`  reference  ${address}/docs`] : []),
    `  metrics    ${metrics}`,
    ...(dataDir === undefined ? [] : [`  data       ${dataDir}`]),
    '',
    `A first request${sandbox ? ', as an officer of the Women’s Federation' : ''}:`,
    '',
    `  ${first}`,
    '',
    `Ctrl-C stops the service${embedded ? ' and its database' : ''}.`,
    '',
  ].join('\n');
}
