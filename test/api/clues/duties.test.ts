// The duty of the moment is the one work item of a clue, with whoever has it: receiver, then source, then receiver again.
import { beforeAll, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { createStory, type Known, type Story } from '../../support/story.ts';

const service = useService();
let story: Story;
beforeAll(() => {
  story = createStory(service.api);
});

/** Actions on the clue that await the agency of each officer. */
async function duties({ id }: Known): Promise<Record<string, unknown[]>> {
  const lists = ['wf.heping', 'intake.heping', 'intake.tiexi'].map(async (officer) => {
    const { body } = await service.api.get(officer, '/v1/work-items?assignee=agency&limit=200');
    const own = (body.items ?? []).filter(({ resource }) => (resource as { id: string }).id === id);
    return [officer, own.map(({ action }) => action)] as const;
  });
  return Object.fromEntries(await Promise.all(lists));
}
const nobody = { 'wf.heping': [], 'intake.heping': [], 'intake.tiexi': [] };

test('a complete clue is to be accepted, wherever it is; rejected, it is to be answered', async () => {
  const clue = await story.clue();
  expect(await duties(clue)).toEqual({ ...nobody, 'intake.heping': ['acceptance'] });
  const agencyId = await story.agencyOf('intake.tiexi');
  const moved = await story.decide('intake.heping', clue, 'rerouting', { agencyId, reason: '原案在铁西' });
  expect(await duties(moved)).toEqual({ ...nobody, 'intake.tiexi': ['acceptance'] });
  const reason = { reasonCode: 'other', reason: '不属于司法救助范围' };
  const rejected = await story.decide('intake.tiexi', moved, 'rejection', reason);
  expect(await duties(rejected)).toEqual({ ...nobody, 'intake.tiexi': ['answer'] });
  const answered = await story.decide('head.tiexi', rejected, 'answer', { result: '不予受理' });
  expect(await duties(answered)).toEqual(nobody);
});

test('one that lacks a name is to be returned, then supplemented by its source', async () => {
  const clue = await story.clue('heping', { subjects: [{ nameUnknown: true }] });
  expect(await duties(clue)).toEqual({ ...nobody, 'intake.heping': ['return'] });
  const returned = await story.decide('intake.heping', clue, 'return', { reason: '请补充姓名' });
  expect(await duties(returned)).toEqual({ ...nobody, 'wf.heping': ['supplement'] });
  const again = await story.decide('wf.heping', returned, 'supplement', { subjects: [story.subject()] });
  expect(await duties(again)).toEqual({ ...nobody, 'intake.heping': ['acceptance'] });
});

test('one without an original case is to be routed to social assistance; accepted, nothing is due on the clue', async () => {
  const clue = await story.clue('heping', { linkedCase: null });
  expect(await duties(clue)).toEqual({ ...nobody, 'intake.heping': ['social-assistance-routing'] });
  const routed = await story.decide('intake.heping', clue, 'social-assistance-routing', { reason: '困难与案件无关' });
  expect(await duties(routed)).toEqual({ ...nobody, 'intake.heping': ['answer'] });
  const accepted = await story.decide('intake.heping', await story.clue(), 'acceptance');
  expect(await duties(accepted)).toEqual(nobody);
});
