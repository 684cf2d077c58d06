import { Button } from "../../ui/button";
import { ShownOnce } from "../../ui/shown-once";

interface Props {
  name: string;
  link: string;
  onDone: () => void;
}

/** A one-time link: who opens it sets the password. */
export function LinkToHandOver({ name, link, onDone }: Props) {
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm">
        Hand this link to {name}, in a way that only they can read. It works once, for a week, and
        is <strong>shown only now</strong>.
      </p>
      <ShownOnce value={link} what="the link" />
      <div className="flex justify-end">
        <Button look="primary" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}
