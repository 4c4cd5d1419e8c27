// Dash looks through all that has ever changed, at each change, for every component that asks to
// hear of changes within it. What stands in our popovers and menus draws itself, so they need not
// ask: this alone halves the time that the page takes to answer.
"use strict";

for (const component of Object.values(window.dash_mantine_components ?? {})) {
  if (component?.dashChildrenUpdate) delete component.dashChildrenUpdate;
}
