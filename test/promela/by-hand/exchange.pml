/*
 * The sample exchange, written by hand: two tasks swap a word and count what they found, an NMI on the second one's CPU swaps
 * it too. Tasks are processes 0 and 1.
 */
byte word;
short total;
bool in_nmi;

active [2] proctype swap() provided (_pid == 0 || !in_nmi) {
	byte old;

	d_step { old = word; word = 1 }
	d_step { total = total + old + 1; old = 0 }
	if
	:: d_step { word == 1; word = 2 }
	   total--
	:: word != 1
	fi
end:	false
}

active proctype nmi() {
end:	in_nmi = true;
	if
	:: d_step { word == 0; word = 3 }
	   total++
	:: d_step { word != 0; word = 3 }
	fi
	in_nmi = false;
	false
}
