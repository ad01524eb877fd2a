"""``python -m bee``: the command line."""

import signal

if __name__ == "__main__":
    # Ctrl-C while parts are still being imported ends the program without a traceback.
    interrupt = signal.getsignal(signal.SIGINT)
    if interrupt is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bee.cli import main

    signal.signal(signal.SIGINT, interrupt)
    main()
