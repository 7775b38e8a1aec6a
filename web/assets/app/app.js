// What pages do beyond htmx: asking once before a step that cannot be undone, messages that go, a working menu.
import "./confirm.js";
import "./messages.js";
import "./forms.js";
import "./password.js";
import "./sound.js";
