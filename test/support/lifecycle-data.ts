// The lifecycles as the contract has them, written down once more and independently of the code: for the table test and the walks (S-22).

/** `from verb to`, one line each; whatever is not listed must be refused. `=` stays where it is. */
const TABLES: Readonly<Record<string, string>> = {
  clue: `submitted|returned return returned; submitted|returned supplement submitted; submitted|returned withdraw withdrawn;
    submitted accept accepted; submitted reject rejected; submitted reroute =; submitted route-to-social routed_to_social_assistance;
    rejected|routed_to_social_assistance|accepted answer answered`,
  case: `opened assign under_review; under_review|awaiting_documents reassign =; opened|under_review|awaiting_documents|pending_approval edit =;
    under_review request-documents awaiting_documents; awaiting_documents receive-documents under_review; under_review propose pending_approval;
    pending_approval grant granted; pending_approval refuse refused; pending_approval return under_review; refused reconsider under_review;
    granted disburse disbursing; granted|refused|disbursing close closed; opened|under_review|awaiting_documents|pending_approval withdraw withdrawn;
    granted|disbursing|closed revoke revoked; awaiting_documents|under_review note-documents =;
    opened|under_review|awaiting_documents|pending_approval advance =; opened|under_review|awaiting_documents|pending_approval share =;
    opened|under_review|awaiting_documents add-beneficiary =; pending_approval approve-step =;
    under_review|awaiting_documents|pending_approval|granted|refused|disbursing|closed tell =; granted|disbursing|closed mark-typical =; granted|disbursing|closed unmark-typical =`,
  disbursement: `reserved authorise authorised; authorised|failed submit submitted; submitted|unknown settle settled; submitted|unknown fail failed;
    submitted mark-unknown unknown; reserved|authorised|failed void voided; settled confirm-receipt receipt_confirmed;
    settled dispute-receipt receipt_disputed; settled place-in-custody in_custody; in_custody exhaust-custody settled;
    reserved|authorised|submitted|unknown|failed|in_custody plan-custody =; in_custody request-release =; in_custody release =;
    settled|receipt_confirmed|receipt_disputed|in_custody order-recovery recovering; recovering recover-part =; recovering recover recovered;
    recovering propose-write-off =; recovering write-off written_off`,
  referral: `requested receive received; requested|received accept accepted; requested|received reject rejected; accepted start in_progress;
    in_progress hold on_hold; on_hold resume in_progress; in_progress record-output =; in_progress complete completed; in_progress fail failed;
    requested|received|accepted|in_progress|on_hold cancel cancelled; requested|received remind =;
    requested|received|accepted|in_progress|on_hold forward cancelled`,
  notice: `sent receive received`,
  correction: `proposed confirm applied; proposed refuse refused`,
  visit: `planned record done; planned miss missed; planned|missed reschedule planned; planned cancel cancelled`,
  account: `open escalate escalated; escalated de-escalate open; open|escalated stabilise stable; stable close closed; closed reopen open`,
};

/** Facts that move nothing stand in no table: appropriation and notification of a payment belong to every state from the authorisation on. */
export const RECORDED_ONLY: ReadonlySet<string> = new Set(['appropriate', 'notify']);

/** `submitted accept` → `accepted`; what is not in it must be refused. */
export type Lifecycle = ReadonlyMap<string, string>;

function rowsOf(text: string): [string, string][] {
  return text.split(';').flatMap((line) => {
    const [from = '', verb = '', to = ''] = line.trim().split(/\s+/);
    return from.split('|').map((state): [string, string] => [`${state} ${verb}`, to === '=' ? state : to]);
  });
}

/** By the name of the machine. */
export const lifecycles: Readonly<Record<string, Lifecycle>> = Object.fromEntries(
  Object.entries(TABLES).map(([name, text]) => [name, new Map(rowsOf(text))]),
);
