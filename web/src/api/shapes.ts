/** The shapes of the API under the names that the pages use. */
import type {
  SchemaAttempt,
  SchemaAuthor,
  SchemaCancel,
  SchemaDefinition,
  SchemaDefinitionList,
  SchemaEvent,
  SchemaFoundLine,
  SchemaFoundLines,
  SchemaHistory,
  SchemaLogLine,
  SchemaLogLines,
  SchemaReceipt,
  SchemaStatus,
  SchemaTask,
  SchemaTaskError,
  SchemaTaskJob,
  SchemaTaskList,
  SchemaTaskStep,
  SchemaWait,
} from "./schema";

export type Attempt = SchemaAttempt;
export type Author = SchemaAuthor;
export type Cancel = SchemaCancel;
export type Definition = SchemaDefinition;
export type DefinitionList = SchemaDefinitionList;
export type HistoryEvent = SchemaEvent;
export type FoundLine = SchemaFoundLine;
export type FoundLines = SchemaFoundLines;
export type History = SchemaHistory;
export type Job = SchemaTaskJob;
export type LogLine = SchemaLogLine;
export type LogLines = SchemaLogLines;
export type Receipt = SchemaReceipt;
export type Status = SchemaStatus;
export type Step = SchemaTaskStep;
export type Task = SchemaTask;
export type TaskError = SchemaTaskError;
export type TaskList = SchemaTaskList;
export type Wait = SchemaWait;
