/*
 * The sample irqsave, written by hand: a counter under a lock, on two CPUs, in tasks that keep interrupts off and in an
 * interrupt on each CPU. Tasks are processes 0 and 1, interrupts 2 and 3.
 */
#define CPU (_pid - 2)

byte count, seen;
bool locked;
bool irqs_off[2];
bool in_irq[2];

active [2] proctype add() provided (!in_irq[_pid]) {
	byte n;

	irqs_off[_pid] = true;
	d_step { !locked; locked = true }
	n = count;
	d_step { count = n + 1; n = 0 }
	locked = false;
	irqs_off[_pid] = false;
	n = count;
	d_step { seen = n; n = 0 }
end:	false
}

active [2] proctype irq() {
	byte n;

end:	d_step { !irqs_off[CPU]; in_irq[CPU] = true }
	d_step { !locked; locked = true }
	n = count;
	d_step { count = n + 1; n = 0 }
	locked = false;
	in_irq[CPU] = false;
	false
}
