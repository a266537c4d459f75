// /v1/calendars: the working days that every party counts with, the plan of a new year, and days that a later notice changes.
import { type Static, Type } from 'typebox';
import { CivilDate, Closed, Nullable, named, Text } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { type Calendar, calendarOf, overrideCalendar, publishCalendar } from './calendars.ts';

const tags = ['Reference'];
const Params = Closed({ year: Type.String({ pattern: '^[12][0-9]{3}$', maxLength: 4 }) });
const Source = Text(300, 'the notice, with its number and date');
const Named = Closed({ date: CivilDate, name: Text(50) });

const PlanBody = named(
  'CalendarPlan',
  Closed({
    year: Type.Integer({ minimum: 1949, maximum: 2199 }),
    source: Source,
    holidays: Type.Array(Named, { minItems: 1, maxItems: 100, description: 'every day off, weekends inside included' }),
    makeUpWorkdays: Type.Optional(
      Type.Array(Named, {
        maxItems: 40,
        description: 'weekend days that are worked, with the holiday they make up for',
      }),
    ),
  }),
);
const OverrideBody = named(
  'CalendarOverride',
  Closed({
    source: Source,
    days: Type.Array(Closed({ date: CivilDate, isWorkday: Type.Boolean(), name: Type.Optional(Text(100)) }), {
      minItems: 1,
      maxItems: 100,
    }),
  }),
);
const CalendarView = named(
  'Calendar',
  Closed({
    year: Type.Integer({ minimum: 1000, maximum: 2999 }),
    provisional: Type.Boolean({
      description: 'true where the holiday plan is not published yet: Monday to Friday are taken as working days',
    }),
    edition: Type.Integer({ minimum: 0, description: '0 without a plan; each change makes a new one' }),
    source: Nullable(Type.String({ maxLength: 300 })),
    calendarVersion: Type.String({ maxLength: 100 }),
    workdayCount: Type.Integer({ minimum: 0, maximum: 366 }),
    days: Type.Array(
      Closed({
        date: CivilDate,
        isWorkday: Type.Boolean(),
        name: Nullable(Type.String({ maxLength: 100, description: 'holiday or make-up working day' })),
      }),
      { maxItems: 366 },
    ),
  }),
);

function toView({ year, provisional, edition, source, version, days }: Calendar): Static<typeof CalendarView> {
  const shown = days.map(({ day, isWorkday, name }) => ({ date: day, isWorkday, name }));
  const workdayCount = days.filter((day) => day.isWorkday).length;
  return { year, provisional, edition, source, calendarVersion: version, workdayCount, days: shown };
}

export function calendarRoutes(app: App): void {
  app.get(
    '/v1/calendars/:year',
    {
      config: { permission: 'reference:read' },
      schema: {
        operationId: 'getCalendar',
        tags,
        summary: 'Working days of a year 工作日历',
        description:
          'Holidays and make-up working days as published; `provisional` until the plan of the year is published. 以国务院办公厅放假安排为准，未公布的年份为暂定。',
        params: Params,
        response: { 200: CalendarView },
      },
    },
    (req) => req.read(async (tx) => calendarOf(tx, Number(req.params.year)).then((found) => found && toView(found))),
  );
  app.post(
    '/v1/calendars',
    {
      config: { permission: 'reference:manage', dryRun: true },
      schema: {
        operationId: 'publishCalendar',
        tags,
        summary: 'Publish the plan of a year 录入放假安排',
        description:
          'Of a year that has none; provisional deadlines are counted again and announced (`deadline.recomputed`). 录入尚无安排的年份，暂定期限随即重算并通知。',
        body: PlanBody,
        response: { 201: CalendarView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => publishCalendar(tx, req.body),
        view: (_tx, calendar) => toView(calendar),
        status: 201,
        location: ({ year }) => `/v1/calendars/${year}`,
      }),
  );
  app.post(
    '/v1/calendars/:year/overrides',
    {
      config: { permission: 'reference:manage', dryRun: true },
      schema: {
        operationId: 'overrideCalendar',
        tags,
        summary: 'Change days of a year 调整工作日历',
        description:
          'A later notice changes days: a new edition with its source; running deadlines are counted again. 按后续通知调整个别日期，形成新版本并重算进行中的期限。',
        params: Params,
        body: OverrideBody,
        response: { 201: CalendarView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => overrideCalendar(tx, Number(req.params.year), req.body),
        view: (_tx, calendar) => toView(calendar),
        status: 201,
        location: ({ year }) => `/v1/calendars/${year}`,
      }),
  );
}
