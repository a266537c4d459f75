// Who reads documents: whoever sees the parent now and works on it; each download is on record, and only as an attachment.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { addClient } from '../../support/clients.ts';
import { PDF } from '../../support/fixtures/documents.ts';
import { multipart } from '../../support/multipart.ts';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
let world: World;
beforeAll(() => {
  world = createWorld(service.api, () => addClient(service));
});

const status = async (officer: string, path: string) => (await service.api.get(officer, path)).status;
const content = (known: Known) => `${known.path}/content`;
const objectOf = (id: string) => {
  const root = join(service.dataDir, 'documents', 'objects');
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith(id));
  return join(root, String(found));
};
const audited = (id: string) =>
  service.owner.query<{ kind: string; changed: string[]; purpose: string }>(
    `select kind, changed, purpose from audit_records where type = 'document.viewed' and resource_id = $1 order by id`,
    [id],
  );

describe('a download', () => {
  let document: Known;
  beforeAll(async () => {
    const clue = await world.clue();
    document = await world.uploaded('wf.heping', clue.path, { ...PDF, name: `李秀兰 "诊断"\\..\r\n(1)'*.pdf` });
  });

  test('is an attachment with its own name, type, length and hash, and nothing that a browser would run', async () => {
    const answer = await service.api.get('intake.heping', content(document));
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(PDF.content);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(PDF.content.length),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    });
    const { 'content-disposition': disposition = '', 'repr-digest': digest } = answer.headers;
    expect(disposition).toMatch(/^attachment; filename="document\.pdf"; filename\*=UTF-8''[A-Za-z0-9%._~-]+$/);
    expect(decodeURIComponent(disposition.split("''")[1] ?? '')).toMatch(/李秀兰.*\.pdf$/);
    const hash = Buffer.from(String(document.body.sha256), 'hex').toString('base64');
    expect(digest).toBe(`sha-256=:${hash}:`);
  });

  test('and the view of its name are on record, without them', async () => {
    expect(await status('intake.heping', document.path)).toBe(200);
    const rows = await audited(document.id);
    expect(rows).toEqual([
      { kind: 'document', changed: ['content'], purpose: 'document.duty' },
      { kind: 'document', changed: ['fileName', 'title', 'note'], purpose: 'document.duty' },
    ]);
  });

  test('a list shows neither name nor note', async () => {
    const { body, text } = await service.api.get(
      'intake.heping',
      `/v1/clues/${String((document.body.parent as { id: string }).id)}/documents`,
    );
    expect(body.items).toHaveLength(1);
    expect(text).not.toMatch(/诊断|李秀兰|fileName/);
  });
});

describe('an object that is not what was stored', () => {
  test.each([
    [
      'changed',
      (object: string) => {
        const bytes = readFileSync(object);
        bytes[40] = (bytes[40] ?? 0) ^ 1;
        writeFileSync(object, bytes);
      },
    ],
    ['cut off', (object: string) => writeFileSync(object, readFileSync(object).subarray(0, 60))],
    ['gone', (object: string) => rmSync(object)],
  ])('%s: 503, and nothing of it is sent', async (_name, spoil) => {
    const document = await world.uploaded('wf.heping', (await world.clue()).path, PDF);
    spoil(objectOf(document.id));
    const answer = await service.api.get('wf.heping', content(document));
    expect([answer.status, answer.body.code]).toEqual([503, 'document.content_unavailable']);
    expect(answer.text).not.toContain('PDF');
  });

  test('one of another document: 503', async () => {
    const { path } = await world.clue();
    const [one, two] = [await world.uploaded('wf.heping', path, PDF), await world.uploaded('wf.heping', path, PDF)];
    writeFileSync(objectOf(one.id), readFileSync(objectOf(two.id)));
    expect(await status('wf.heping', content(one))).toBe(503);
    expect(await status('wf.heping', content(two))).toBe(200);
  });
});

describe('visibility is that of the parent', () => {
  test('a stranger finds nothing, byte for byte as for an absent id', async () => {
    const document = await world.uploaded('wf.heping', (await world.clue()).path, PDF);
    for (const suffix of ['', '/content']) {
      const hidden = await service.api.get('wf.tiexi', `${document.path}${suffix}`);
      const absent = await service.api.get('wf.tiexi', `/v1/documents/0198c2a4-7f00-7000-8000-000000000001${suffix}`);
      expect([hidden.status, absent.status]).toEqual([404, 404]);
      const core = ({ body: { instance: _i, requestId: _r, ...rest } }: typeof hidden) => rest;
      expect(core(hidden)).toEqual(core(absent));
    }
  });

  test('a rerouted clue takes its documents along: its former receiver reads them no more, the new one does', async () => {
    const clue = await world.clue();
    const document = await world.uploaded('wf.heping', clue.path, PDF);
    expect(await status('intake.heping', content(document))).toBe(200);
    const agencyId = await world.agencyOf('intake.tiexi');
    await world.decide('intake.heping', clue, 'rerouting', { agencyId, reason: '原案由铁西区检察院办理' });
    // It keeps a masked view of where the clue went.
    expect(await status('intake.heping', content(document))).toBe(404);
    expect((await service.api.get('intake.heping', document.path)).body).toMatchObject({ fileName: null, title: null });
    const send = multipart({ kind: 'other' }, PDF);
    const upload = await service.api.as('intake.heping', 'POST', `${clue.path}/documents`, send);
    expect([upload.status, upload.body.code]).toEqual([403, 'document.not_competent']);
    expect(await status('intake.tiexi', content(document))).toBe(200);
  });

  test('the file of a case is not for finance, the papers of a payment are, and for the bureau those alone', async () => {
    const line = await world.line();
    const caseId = String(line.body.assistanceCaseId);
    const onCase = await world.uploaded('handler.heping', `/v1/assistance-cases/${caseId}`, PDF);
    const onLine = await world.uploaded('finance.heping', line.path, PDF);
    expect(await status('chief.heping', content(onCase))).toBe(200);
    expect(await status('finance.heping', content(onCase))).toBe(404);
    expect(await status('finance.heping', onCase.path)).toBe(404);
    expect(await status('finance.heping', `/v1/assistance-cases/${caseId}/documents`)).toBe(403);
    expect(await status('bureau.heping', content(onLine))).toBe(200);
    expect(await status('bureau.heping', content(onCase))).toBe(404);
    expect(await status('bureau.heping', `/v1/assistance-cases/${caseId}/documents`)).toBe(403);
  });

  test('a department sees what hangs on its own referral, not on the case behind it or on the referral of another', async () => {
    const granted = await world.granted();
    const sent = await service.api.create(
      'handler.heping',
      `${granted.path}/referrals`,
      await world.referralInput(granted),
    );
    const referral = must(sent, '/v1/referrals');
    const own = await world.uploaded('handler.heping', referral.path, PDF);
    const onCase = await world.uploaded('handler.heping', granted.path, PDF);
    expect(await status('civil.heping', content(own))).toBe(200);
    expect(await status('education.heping', content(own))).toBe(404);
    expect(await status('civil.heping', content(onCase))).toBe(404);
  });

  test('who only oversees learns that there is a document, not its name, and does not read it', async () => {
    const document = await world.uploaded('wf.heping', (await world.clue()).path, PDF, {
      kind: 'medical',
      title: '诊断',
    });
    const seen = await service.api.get('supervisor.liaoning', document.path);
    expect(seen.body).toMatchObject({ kind: 'medical', fileName: null, title: null, note: null });
    const answer = await service.api.get('supervisor.liaoning', content(document));
    expect(answer).toMatchObject({ status: 403, body: { permission: 'document:download' } });
    expect(await audited(document.id)).toEqual([]);
  });

  test('the events of a document reach those who saw its parent', async () => {
    const document = await world.uploaded('wf.heping', (await world.clue()).path, PDF);
    const [row] = await service.owner.query<{ n: number }>(
      `select count(*)::int as n from access where kind = 'document' and resource_id = $1 and agency_id = any(array(
         select agency_id from access where kind = 'clue' and resource_id = $2))`,
      [document.id, (document.body.parent as { id: string }).id],
    );
    expect(row?.n).toBeGreaterThanOrEqual(3);
  });
});
