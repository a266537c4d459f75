// Looks at the database beside the service: as the owner, or as the plain role in the context of an agency.
import pg from 'pg';

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Sets what row security asks for: an agency id, '' (a pooled connection that served somebody before) or null (a new one). */
export async function asAgency(client: pg.Client, agency: string | null, oversight = false): Promise<void> {
  await client.query('reset app.agency');
  if (agency === null) return;
  await client.query(`select set_config('app.agency', $1, false), set_config('app.oversight', $2, false)`, [
    agency,
    oversight ? 'on' : 'off',
  ]);
}

/** SQLSTATE of the refusal, or 'done'. */
export async function attempt(client: pg.Client, sql: string, values: unknown[] = []): Promise<string> {
  try {
    const { rowCount } = await client.query(sql, values);
    return `done ${rowCount ?? 0}`;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
