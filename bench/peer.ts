// The bare peer of the benchmark, frozen: Fastify and pg with named prepared statements, no authentication, no walls.
// The same durable work for a clue: GET one row, GET a page, POST row + audit + outbox in one statement.
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.PEER_URL, max: 10 });
pool.on('error', () => undefined);

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const nullable = { type: ['string', 'null'] } as const;
const listed = {
  id: text,
  number: text,
  state: text,
  version: { type: 'integer' },
  source: text,
  regionCode: text,
  urgency: text,
  greenChannel: flag,
  sourceAgencyId: text,
  receivingAgencyId: text,
  assistanceCaseId: nullable,
  subjectCount: { type: 'integer' },
  createdAt: text,
  updatedAt: text,
} as const;
const item = { type: 'object', properties: listed } as const;
const subject = { type: 'object', properties: { name: text, idNumber: text, phone: text, address: text } } as const;
const full = {
  type: 'object',
  properties: { ...listed, facts: text, hardship: nullable, subjects: { type: 'array', items: subject } },
} as const;

const COLUMNS = `id, number, state, version, source, region_code as "regionCode", urgency,
  green_channel as "greenChannel", source_agency_id as "sourceAgencyId", receiving_agency_id as "receivingAgencyId",
  case_id as "assistanceCaseId", subject_count as "subjectCount", created_at as "createdAt", updated_at as "updatedAt"`;
const GET = { name: 'peer_get', text: `select ${COLUMNS}, facts, hardship, subjects from peer_clues where id = $1` };
const LIST = {
  name: 'peer_list',
  text: `select ${COLUMNS} from peer_clues where receiving_agency_id = $1 order by id desc limit 51`,
};
const POST = {
  name: 'peer_post',
  text: `with made as (
      insert into peer_clues (id, number, state, version, source, region_code, urgency, green_channel, source_agency_id,
        receiving_agency_id, subject_count, created_at, updated_at, facts, hardship, subjects)
      values (uuidv7(), 'CL-' || nextval('peer_number'), 'submitted', 1, $1, $2, $3, true, $4, $4, $5, now(), now(), $6, $7, $8)
      returning *),
    audit as (insert into peer_audit (id, type, resource_id, data) select uuidv7(), 'clue.submitted', id, '{}' from made),
    outbox as (insert into peer_outbox (id, type, resource_id, data) select uuidv7(), 'clue.submitted', id, '{}' from made)
    select ${COLUMNS}, facts, hardship, subjects from made`,
};

type Body = {
  source: string;
  regionCode: string;
  urgency: string;
  agencyId: string;
  facts: string;
  hardship: string | null;
  subjects: object[];
};

const app = Fastify();
app.get<{ Params: { id: string } }>('/clues/:id', { schema: { response: { 200: full } } }, async (req, reply) => {
  const { rows } = await pool.query({ ...GET, values: [req.params.id] });
  return rows[0] ?? reply.code(404).send();
});
const page = { type: 'object', properties: { items: { type: 'array', items: item } } } as const;
app.get<{ Querystring: { agencyId: string } }>('/clues', { schema: { response: { 200: page } } }, async (req) => {
  const { rows } = await pool.query({ ...LIST, values: [req.query.agencyId] });
  return { items: rows.slice(0, 50) };
});
const body = {
  type: 'object',
  required: ['source', 'regionCode', 'urgency', 'agencyId', 'facts', 'subjects'],
  properties: {
    source: text,
    regionCode: text,
    urgency: text,
    agencyId: text,
    facts: text,
    hardship: nullable,
    subjects: { type: 'array' },
  },
} as const;
app.post<{ Body: Body }>('/clues', { schema: { body, response: { 201: full } } }, async (req, reply) => {
  const { source, regionCode, urgency, agencyId, facts, hardship, subjects } = req.body;
  const values = [source, regionCode, urgency, agencyId, subjects.length, facts, hardship, JSON.stringify(subjects)];
  const { rows } = await pool.query({ ...POST, values });
  return reply.code(201).send(rows[0]);
});

await app.listen({ host: '127.0.0.1', port: Number(process.env.PEER_PORT) });
process.stdout.write('peer ready\n');
process.on('SIGTERM', () => process.exit(0));
