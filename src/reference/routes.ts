// /v1/code-sets and /v1/calendars: the codes and the working days that every party counts with.
import type { App } from '../platform/http/server.ts';
import type { CodeSet } from './code-item.ts';
import {
  CalendarParams,
  CalendarView,
  CodeSetPage,
  CodeSetParams,
  CodeSetQuery,
  CodeSetView,
  toCalendarView,
  toCodeSetItem,
  toCodeSetView,
} from './schema.ts';
import { calendarOf, pageOfCodeSets } from './service.ts';

const tags = ['Reference'];
const config = { permission: 'reference:read' } as const;

/** `sets` are all code sets, the states of the lifecycles included: app.ts composes them. */
export function referenceRoutes(app: App, sets: readonly CodeSet[]): void {
  app.get(
    '/v1/code-sets',
    {
      config,
      schema: {
        operationId: 'listCodeSets',
        tags,
        summary: 'List code sets 代码集列表',
        description: 'By name; each enum of this contract is one of them. 按名称排列，接口的每个枚举都是代码集。',
        querystring: CodeSetQuery,
        response: { 200: CodeSetPage },
      },
    },
    (req) =>
      req.list(
        async (_tx, page) => pageOfCodeSets(sets, page),
        (_tx, set) => toCodeSetItem(set),
      ),
  );
  app.get(
    '/v1/code-sets/:name',
    {
      config,
      schema: {
        operationId: 'getCodeSet',
        tags,
        summary: 'Read a code set 查看代码集',
        description: 'Every item with two names, its validity and the source it rests on. 含双语名称、有效期与依据。',
        params: CodeSetParams,
        response: { 200: CodeSetView },
      },
    },
    (req) => {
      const set = sets.find(({ name }) => name === req.params.name);
      return req.read(async () => set && toCodeSetView(set));
    },
  );
  app.get(
    '/v1/calendars/:year',
    {
      config,
      schema: {
        operationId: 'getCalendar',
        tags,
        summary: 'Working days of a year 工作日历',
        description:
          'Holidays and make-up working days as published; `provisional` until the plan of the year is published. 以国务院办公厅放假安排为准，未公布的年份为暂定。',
        params: CalendarParams,
        response: { 200: CalendarView },
      },
    },
    (req) => {
      const calendar = calendarOf(Number(req.params.year));
      return req.read(async () => calendar && toCalendarView(calendar));
    },
  );
}
