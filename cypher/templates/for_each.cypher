// The form of one statement for several readers: the FINDER runs for each, then PARTS of the profile follow.
// Parameters: sought {finds [{slot, …the finder's parameters}]}, and those of the parts. Columns: those of the parts, and slot.
UNWIND $sought.finds AS find
CALL (find) {
  FINDER
  RETURN c
}
PARTS,
  find.slot AS slot
