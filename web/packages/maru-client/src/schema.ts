// Generated from docs/protocols/openapi.json by `npm run types`: not by hand.

export interface paths {
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is the process alive? If not, start it again. */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Can it serve? If not, send requests elsewhere. */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public keys that verify access tokens
         * @description A JSON Web Key Set. It is empty while tokens are signed with a secret (HS256).
         */
        get: operations["getPublicKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Users whose handle or name contains q, by handle */
        get: operations["listUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your rooms with their last messages, newest activity first, without those that you have hidden */
        get: operations["listMyRooms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/owner": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Follow an owner who was not there for long, as the room's admin: you, or a member whom you name, own the room */
        post: operations["followOwner"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/invitations/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The room that an invitation leads to, for whoever has its code */
        get: operations["viewInvitation"];
        put?: never;
        post?: never;
        /** Revoke an invitation, as its maker or as the room's owner or admin */
        delete: operations["revokeInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/guest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Come in as a guest, with a name alone */
        post: operations["enterAsGuest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your files, the newest first, and how much room they take */
        get: operations["listOwnFiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The files of a room, of one kind or of all, the newest first */
        get: operations["listRoomFiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Messages of your rooms that have all of the words, the newest or the best first
         * @description Words, "phrases", -without, and the filters from:@ann, from:me, in:harbour, before:2026-11-20, after:2026-11-01, has:file, has:link and mentions:me. in: has the name of a room, in quotes where it has blanks, or its id.
         */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/messages/{seq}/previews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take the previews of a message away for good, as its sender, or as the room's owner or admin */
        delete: operations["removePreviews"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/previews/pictures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The picture of a preview, of a message that you see, as WebP */
        get: operations["getPreviewPicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/presence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who of these people is there: members of rooms of yours who show it; all others are offline */
        get: operations["getPresence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/typing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that you type in a room, or have stopped; nothing is stored */
        post: operations["setTyping"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The room's log as Server-Sent Events: after a seq, or else from now on; Last-Event-ID resumes */
        get: operations["streamRoomEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What changes in the list of public rooms from now on, as Server-Sent Events; a Last-Event-ID is ignored */
        get: operations["streamRooms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your own events as Server-Sent Events: the present state first, then what changes; a Last-Event-ID is ignored */
        get: operations["streamUserEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your sessions, the last used one first */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /**
         * End all sessions but this one
         * @description With a token of another issuer: also all tokens of the user that it issued before that one.
         */
        delete: operations["endOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one session: its tokens are dead at once, its sockets close */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/signup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make an account and sign in */
        post: operations["signUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with a handle or an e-mail address */
        post: operations["logIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange the refresh token for new tokens
         * @description A repeat within the grace returns the same refresh token; a use after it ends the session. Without a refreshToken, from the server's own pages: that of the cookie `maru-refresh`, and the next one comes as a cookie too.
         */
        post: operations["refreshTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out: this session's tokens are dead at once, its sockets close
         * @description With a token of another issuer: all tokens of the user that it has issued until now. It clears the cookie.
         */
        post: operations["logOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your profile */
        get: operations["getProfile"];
        put?: never;
        post?: never;
        /** Delete your account; your messages stay, as those of a deleted user */
        delete: operations["deleteAccount"];
        options?: never;
        head?: never;
        /** Change your profile: absent fields stay, empty ones are removed */
        patch: operations["changeProfile"];
        trace?: never;
    };
    "/api/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change your password and end all other sessions */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your contacts and the requests for them */
        get: operations["listContacts"];
        put?: never;
        /** Ask somebody to be your contact (201), or accept who asked you (200); a repeat changes nothing (200) */
        post: operations["askContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a contact, decline a request or take yours back; a repeat changes nothing */
        delete: operations["removeContact"];
        options?: never;
        head?: never;
        /** Call a contact as you like; nobody else sees it */
        patch: operations["changeContact"];
        trace?: never;
    };
    "/api/blocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The people whom you block */
        get: operations["listBlocks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Block somebody, who cannot tell; a repeat changes nothing */
        put: operations["addBlock"];
        post?: never;
        /** Lift a block; a repeat changes nothing */
        delete: operations["removeBlock"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Public rooms whose name contains q, in the order of sort */
        get: operations["listRooms"];
        put?: never;
        /** Make a group room; you own it */
        post: operations["createRoom"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/direct": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The one room of you and another user: 201 when it is new, 200 after that */
        post: operations["openDirectRoom"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A public room, or one of yours */
        get: operations["getRoom"];
        put?: never;
        post?: never;
        /** Delete a room, as its owner */
        delete: operations["deleteRoom"];
        options?: never;
        head?: never;
        /** Change a room, as its owner or admin: absent fields stay, a null password, topic or picture is removed */
        patch: operations["changeRoom"];
        trace?: never;
    };
    "/api/rooms/{roomId}/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Join a public room */
        post: operations["joinRoom"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Leave a room; the owner hands over first, and the last one takes the room along */
        post: operations["leaveRoom"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The members of a room of yours */
        get: operations["listMembers"];
        put?: never;
        /** Bring people in: every member into an open room, its owner and admins into one that is private or has a password */
        post: operations["inviteMembers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/members/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a member who ranks below you; with ban=true for good */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        /** Give a member another role, as the owner; with owner you hand the room over and become admin */
        patch: operations["changeRole"];
        trace?: never;
    };
    "/api/rooms/{roomId}/bans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The bans of a room, as its owner or admin */
        get: operations["listBans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/bans/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Ban a user who ranks below you, a member or not; a member is out at once */
        put: operations["banUser"];
        post?: never;
        /** Lift a ban */
        delete: operations["liftBan"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rooms into which people would bring you, who wait for your consent */
        get: operations["listMyInvitations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/invitations/{roomId}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept an invitation: you are a member of the room from now on */
        post: operations["acceptMyInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/invitations/{roomId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Decline an invitation; for 30 days only the room's owner and admins may repeat it, once */
        delete: operations["declineMyInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The invitation links of a room: all for its owner and admins, your own for members */
        get: operations["listInvitations"];
        put?: never;
        /** Make a link that lets people in, past the room's password: by those who may bring people in */
        post: operations["makeInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/invitations/{code}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Come into the room; a member is in already, and takes no use */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages, oldest first: before or after a seq, around a seq or a time, else the newest */
        get: operations["listMessages"];
        put?: never;
        /** Send or forward a message; 201 once it is durable. With an Idempotency-Key a retry gets 200 with the first message */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/messages/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One message */
        get: operations["getMessage"];
        put?: never;
        post?: never;
        /** Delete your own message or, as the room's owner or admin, anybody's; its seq stays, without the text */
        delete: operations["deleteMessage"];
        options?: never;
        head?: never;
        /** Change the text of your own message, unless it is a forward; where it has files, it may be emptied */
        patch: operations["editMessage"];
        trace?: never;
    };
    "/api/rooms/{roomId}/messages/{seq}/replies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The replies to a message, oldest first: before or after a seq, else the newest */
        get: operations["listReplies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a file, as the part file of a form; 201 once it is durable
         * @description What it is, its content says. A picture comes out upright and without what a camera writes into it. A voice message may have the parts duration, in seconds, and waveform, a JSON array of at most 64 numbers from 0 to 100, before the file.
         */
        post: operations["uploadFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How large files may be, by their kind, and how many a message may have */
        get: operations["getFileLimits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The content of a file that you uploaded, or of a message that you see; also in ranges */
        get: operations["getFile"];
        put?: never;
        post?: never;
        /** Delete a file that you uploaded: it goes from the messages that have it, too */
        delete: operations["deleteFile"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/{id}/small": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A picture made smaller, as WebP: within 480 × 480 pixels */
        get: operations["getSmallPicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/{id}/large": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A picture made smaller, as WebP: within 1600 × 1600 pixels */
        get: operations["getLargePicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin an upload in parts, by the tus protocol 1.0.0; its bytes follow with PATCH
         * @description Upload-Metadata may have filename, duration (seconds) and waveform (a JSON array of at most 64 numbers from 0 to 100).
         */
        post: operations["beginUpload"];
        delete?: never;
        /** What of the tus protocol this server speaks, in its headers */
        options: operations["describeUploads"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far an upload is, and the file once it is one; HEAD is the tus protocol's */
        get: operations["getUpload"];
        put?: never;
        post?: never;
        /** Give an upload up; a file that it became stays */
        delete: operations["endUpload"];
        options?: never;
        head?: never;
        /** Add bytes behind those that are there; with the last ones it becomes a file */
        patch: operations["continueUpload"];
        trace?: never;
    };
    "/api/files/presigned": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get an address of the file store to which the bytes of a file can be put */
        post: operations["presignUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/presigned/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a file of what was put there: 201 with the file, a repeat too */
        post: operations["completePresignedUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/messages/{seq}/reactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who reacted to a message: emoji by emoji, the first ones first */
        get: operations["listReactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/messages/{seq}/reactions/{emoji}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** React to a message with an emoji; a repeat changes nothing */
        put: operations["addReaction"];
        post?: never;
        /** Take your reaction back; a repeat changes nothing */
        delete: operations["removeReaction"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/mentions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The messages that mention you, in all of the rooms that you are in, newest first */
        get: operations["listMentions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/messages/{seq}/star": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Star a message for yourself alone; a repeat changes nothing */
        put: operations["addStar"];
        post?: never;
        /** Take your star off a message; a repeat changes nothing */
        delete: operations["removeStar"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/stars": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The messages that you have starred, in all of the rooms that you are in, newest star first */
        get: operations["listStars"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/drafts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What you have begun to write, in all of the rooms that you are in, newest first */
        get: operations["listDrafts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/drafts/{roomId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keep what you have begun to write in a room, in place of what was there */
        put: operations["keepDraft"];
        post?: never;
        /** Remove what you have begun to write in a room; a repeat changes nothing */
        delete: operations["removeDraft"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/scheduled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Schedule a message, which is sent once, at its time; with an Idempotency-Key a retry gets 200 with the first one */
        post: operations["scheduleMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/scheduled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your scheduled messages, the earliest first, with those that failed */
        get: operations["listScheduled"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/scheduled/{scheduledId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of your scheduled messages */
        get: operations["getScheduled"];
        put?: never;
        post?: never;
        /** Cancel a scheduled message, or remove one that failed; 404: it was sent */
        delete: operations["cancelScheduled"];
        options?: never;
        head?: never;
        /** Change the text, the time or the files of a scheduled message that is not sent yet */
        patch: operations["changeScheduled"];
        trace?: never;
    };
    "/api/me/rooms/{roomId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change what you have set for yourself in a room of yours: absent fields stay, a null muteUntil ends the quiet */
        patch: operations["changeOwnSettings"];
        trace?: never;
    };
    "/api/rooms/{roomId}/pins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The pinned messages of a room, the newest pin first */
        get: operations["listPins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/messages/{seq}/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Pin a message, as the room's owner or admin or in a direct room; a repeat changes nothing */
        put: operations["pinMessage"];
        post?: never;
        /** Unpin a message, whoever pinned it; a repeat changes nothing */
        delete: operations["unpinMessage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/polls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a poll, a message with options to vote for; with an Idempotency-Key as for a message */
        post: operations["createPoll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/polls/{seq}/vote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Vote, in place of what you voted before; a repeat changes nothing */
        put: operations["votePoll"];
        post?: never;
        /** Take your vote back; a repeat changes nothing */
        delete: operations["takeVoteBack"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/polls/{seq}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Close your own poll or, as the room's owner or admin, anybody's; a repeat changes nothing */
        post: operations["closePoll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/polls/{seq}/options/{optionId}/voters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who voted for an option of a poll that is not anonymous, the first votes first */
        get: operations["listVoters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The nodes of this server, with what each measured last */
        get: operations["listNodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All users, also the deleted ones, by handle */
        get: operations["listAllUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/users/{userId}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End all sessions of a user: their tokens are dead at once, their sockets close */
        delete: operations["endUserSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/users/{userId}/role": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Make somebody else an admin of the whole server, or a user like all others */
        put: operations["changeSiteRole"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All rooms, also private ones, the newest first; nothing of what is said in them */
        get: operations["listAllRooms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/nodes/{nodeId}/points": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a node measured in the last 30 minutes, a point every five seconds */
        get: operations["listNodePoints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/nodes/{nodeId}/queries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The statements to the store that took a node longest lately; another node's are up to fifteen seconds old */
        get: operations["listSlowQueries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/nodes/{nodeId}/errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The kinds of errors in a node's log since its start; another node's are up to fifteen seconds old */
        get: operations["listNodeErrors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/nodes/{nodeId}/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a node's clients to the others: it takes no new ones until it is started anew; a repeat changes nothing */
        post: operations["drainNode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/nodes/{nodeId}/log-level": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Make a node log more for a while, an hour at most; then it goes back by itself */
        put: operations["setLogLevel"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far you have read in a room, and what is unread */
        get: operations["getReadState"];
        /** Say how far you have read; 204 once it is durable. It never moves back, but with unread: true */
        put: operations["markRead"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{roomId}/messages/{seq}/readers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who has read a message: members but its sender who joined before it and whose position is at or behind it */
        get: operations["listReaders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/unread": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What you have not read, in all of your rooms together */
        get: operations["getUnread"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Say that you have read everything in all of your rooms */
        put: operations["markAllRead"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @example {
         *       "password": "correct horse"
         *     }
         */
        AccountDeletion: {
            /** @description needed where the account has one */
            password?: string;
        };
        /**
         * @description A room, as admins see it: nothing of what is said in it.
         * @example {
         *       "id": 1,
         *       "name": "Harbour",
         *       "kind": "group",
         *       "visibility": "public",
         *       "members": 12,
         *       "messages": 340,
         *       "createdAt": "2026-11-20T12:49:50.840Z",
         *       "activeAt": "2026-11-20T12:50:00.000Z"
         *     }
         */
        AdminRoom: {
            /** Format: int64 */
            id: number;
            /** @description empty for a direct room */
            name: string;
            /** @description `group` or `direct` */
            kind: string;
            /** @description `public` or `private` */
            visibility: string;
            /** Format: int64 */
            members: number;
            /**
             * Format: int64
             * @description the entries of its log: messages, and what the system says of members and the room
             */
            messages: number;
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description the time of the last of them
             */
            activeAt: string;
        };
        AdminRoomPage: {
            /** @description the newest first; a search that finds few may return fewer than asked for, even none, and a `next` */
            items: components["schemas"]["AdminRoom"][];
            /** @description the `after` of the next page; absent: there is none */
            next?: string;
        };
        /**
         * @description A user, as admins see them.
         * @example {
         *       "id": 2,
         *       "handle": "ben",
         *       "name": "Ben",
         *       "role": "user",
         *       "createdAt": "2026-11-20T12:49:50.840Z",
         *       "sessions": 2,
         *       "seenAt": "2026-11-20T12:50:00.000Z"
         *     }
         */
        AdminUser: {
            /** Format: int64 */
            id: number;
            handle: string;
            name: string;
            /** @description of the whole server */
            role: components["schemas"]["SiteRole"];
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: int64
             * @description sessions that are open
             */
            sessions: number;
            /**
             * Format: date-time
             * @description absent: the account is there
             */
            deletedAt?: string;
            /**
             * Format: date-time
             * @description when one of their sessions was renewed last; absent: not known
             */
            seenAt?: string;
            /** @description true for a guest; else absent */
            guest?: boolean;
        };
        AdminUserPage: {
            /** @description by handle */
            items: components["schemas"]["AdminUser"][];
            /** @description the `after` of the next page; absent: there is none */
            next?: string;
        };
        /** @enum {string} */
        Allowed: "everyone" | "contacts" | "nobody";
        /**
         * @example {
         *       "id": 2,
         *       "handle": "ben",
         *       "name": "Ben",
         *       "bannedBy": 1,
         *       "bannedAt": "2026-11-20T12:50:02.415Z",
         *       "reason": "Advertising"
         *     }
         */
        Ban: {
            /** Format: int64 */
            id: number;
            handle: string;
            name: string;
            /**
             * Format: int64
             * @description the id of the user who banned them
             */
            bannedBy: number;
            /** Format: date-time */
            bannedAt: string;
            avatarUrl?: string;
            /** @description absent: none was told */
            reason?: string;
        };
        BanPage: {
            items: components["schemas"]["Ban"][];
            next?: string;
        };
        /**
         * @example {
         *       "reason": "Advertising"
         *     }
         */
        BanRequest: {
            /** @description why, for the owner and the admins alone: at most 500 characters and 4000 bytes; absent or empty: none is told */
            reason?: string;
        };
        /**
         * @description Somebody whom the caller blocks.
         * @example {
         *       "user": {
         *         "id": 2,
         *         "handle": "ben",
         *         "name": "Ben"
         *       },
         *       "at": "2026-11-20T12:52:07.249Z"
         *     }
         */
        Block: {
            user: components["schemas"]["User"];
            /**
             * Format: date-time
             * @description since when
             */
            at: string;
        };
        BlockPage: {
            /** @description ordered by the users' ids */
            items: components["schemas"]["Block"][];
            /** @description pass it as `after` to get the next page; absent on the last one */
            next?: string;
        };
        /**
         * @example {
         *       "user": {
         *         "id": 2,
         *         "handle": "ben",
         *         "name": "Ben"
         *       },
         *       "state": "accepted",
         *       "nickname": "Benny"
         *     }
         */
        Contact: {
            user: components["schemas"]["User"];
            /** @description `accepted`: you are each other's contacts; `incoming`: they asked you; `outgoing`: you asked them */
            state: components["schemas"]["ContactState"];
            /** @description what you call them; absent: nothing */
            nickname?: string;
        };
        /**
         * @example {
         *       "nickname": "Benny"
         *     }
         */
        ContactChange: {
            /** @description what you call them, which nobody else sees: a name as in profiles; null or empty: nothing */
            nickname?: null | string;
        };
        ContactPage: {
            /** @description ordered by the users' ids */
            items: components["schemas"]["Contact"][];
            /** @description pass it as `after` to get the next page; absent on the last one */
            next?: string;
        };
        /**
         * @description One of the three says whom to ask.
         * @example {
         *       "handle": "ben"
         *     }
         */
        ContactRequest: {
            /**
             * Format: int64
             * @description an id
             */
            userId?: number;
            /** @description the whole handle; case and width do not matter */
            handle?: string;
            /** @description an e-mail address: of somebody who lets themselves be found by it */
            email?: string;
        };
        /** @enum {string} */
        ContactState: "accepted" | "incoming" | "outgoing";
        /**
         * @example {
         *       "userId": 2
         *     }
         */
        DirectRequest: {
            /**
             * Format: int64
             * @description the other user
             */
            userId: number;
        };
        /**
         * @example {
         *       "text": "Shall we sa",
         *       "replyTo": 17
         *     }
         */
        DraftChange: {
            /** @description as it is now; an empty one removes the draft */
            text: string;
            /**
             * Format: int64
             * @description the seq of the message that it is to answer
             */
            replyTo?: number;
        };
        DraftPage: {
            /** @description the newest first, one for each room */
            items: components["schemas"]["WrittenDraft"][];
            /** @description pass it as `after` to get the next page; absent on the last one */
            next?: string;
        };
        /**
         * @description A place in the name of one of a message's files that has what was searched for.
         * @example {
         *       "file": 0,
         *       "start": 6,
         *       "length": 4
         *     }
         */
        FileHighlight: {
            /**
             * Format: int32
             * @description which of `files`: 0 is the first
             */
            file: number;
            /**
             * Format: int32
             * @description where it begins in `name`, in UTF-16 code units
             */
            start: number;
            /**
             * Format: int32
             * @description in the same units
             */
            length: number;
        };
        /** @enum {string} */
        FileKind: "image" | "video" | "audio" | "document";
        /**
         * @description Bytes, by kinds of files.
         * @example {
         *       "image": 10485760,
         *       "video": 52428800,
         *       "audio": 20971520,
         *       "document": 20971520
         *     }
         */
        FileKindBytes: {
            /** Format: int64 */
            image: number;
            /** Format: int64 */
            video: number;
            /** Format: int64 */
            audio: number;
            /** Format: int64 */
            document: number;
        };
        /**
         * @description What files may be, so that a client need not send what is refused.
         * @example {
         *       "bytes": {
         *         "image": 10485760,
         *         "video": 52428800,
         *         "audio": 20971520,
         *         "document": 20971520
         *       },
         *       "perMessage": 10
         *     }
         */
        FileLimits: {
            /** @description bytes that one file may have, by its kind */
            bytes: components["schemas"]["FileKindBytes"];
            /**
             * Format: int32
             * @description files that one message may have
             */
            perMessage: number;
        };
        /**
         * @description A message to forward: one that you may see, and that is not deleted.
         * @example {
         *       "roomId": 1,
         *       "seq": 17
         *     }
         */
        ForwardedMessage: {
            /** Format: int64 */
            roomId: number;
            /** Format: int64 */
            seq: number;
        };
        /**
         * @description A user's reaction to a message.
         * @example {
         *       "user": {
         *         "id": 2,
         *         "handle": "ben",
         *         "name": "Ben"
         *       },
         *       "emoji": "👍",
         *       "at": "2026-11-20T12:50:03.117Z"
         *     }
         */
        GivenReaction: {
            /** @description a deleted user too */
            user: components["schemas"]["User"];
            emoji: string;
            /** Format: date-time */
            at: string;
        };
        GivenReactionPage: {
            /** @description emoji by emoji, and of each the first ones first */
            items: components["schemas"]["GivenReaction"][];
            /** @description the `after` of the next page; absent: there is none */
            next?: string;
        };
        /**
         * @example {
         *       "name": "Gil"
         *     }
         */
        GuestRequest: {
            /** @description the name that others see: 1 to 80 visible characters of scripts that go together, at most 640 bytes */
            name: string;
            /** @description the name of this session in the list of sessions; else the User-Agent */
            device?: string;
            /** @description true, from the server's own pages: the refresh token comes as a cookie, and not in the response */
            cookie?: boolean;
        };
        /**
         * @example {
         *       "status": "ready",
         *       "version": "0.1.0"
         *     }
         */
        HealthReport: {
            /** @description `live` or `ready` */
            status: string;
            /** @description the version of the program */
            version: string;
        };
        /**
         * @description A place in a message's text that has what was searched for.
         * @example {
         *       "start": 6,
         *       "length": 7
         *     }
         */
        Highlight: {
            /**
             * Format: int32
             * @description where it begins, in UTF-16 code units
             */
            start: number;
            /**
             * Format: int32
             * @description in the same units
             */
            length: number;
        };
        /** Format: binary */
        IFormFile: string;
        /**
         * @example {
         *       "userIds": [
         *         2
         *       ]
         *     }
         */
        Invitation: {
            userIds: number[];
        };
        /**
         * @description A link that lets people into a room.
         * @example {
         *       "code": "b1JkQ2x0V0tqNnhQd3pZbUR0",
         *       "url": "https://chat.example.org/#/invite/b1JkQ2x0V0tqNnhQd3pZbUR0",
         *       "uses": 0,
         *       "createdBy": {
         *         "id": 1,
         *         "handle": "ann",
         *         "name": "Ann"
         *       },
         *       "createdAt": "2026-11-20T12:50:02.415Z",
         *       "expiresAt": "2026-11-21T12:50:02.415Z",
         *       "maxUses": 10
         *     }
         */
        InvitationLink: {
            /** @description the secret in the link */
            code: string;
            /** @description the link: the code is behind its #, which browsers send to no server */
            url: string;
            /**
             * Format: int64
             * @description people who came in by it
             */
            uses: number;
            /** @description who made it, and answers for it */
            createdBy: components["schemas"]["User"];
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description absent: it does not end by itself
             */
            expiresAt?: string;
            /**
             * Format: int64
             * @description absent: any number
             */
            maxUses?: number;
        };
        InvitationPage: {
            /** @description the newest first */
            items: components["schemas"]["InvitationLink"][];
            /** @description pass it as `after` to get the next page; absent on the last one */
            next?: string;
        };
        /**
         * @description What an invitation leads to, for whoever has its code.
         * @example {
         *       "room": {
         *         "name": "Harbour",
         *         "description": "Ships and tides",
         *         "memberCount": 2
         *       },
         *       "guests": true,
         *       "expiresAt": "2026-11-21T12:50:02.415Z"
         *     }
         */
        InvitationView: {
            room: components["schemas"]["InvitedRoom"];
            /** @description it lets guests in too: the server has them, and the room allows them */
            guests: boolean;
            /**
             * Format: date-time
             * @description absent: it does not end by itself
             */
            expiresAt?: string;
        };
        /**
         * @example {
         *       "name": "Harbour",
         *       "description": "Ships and tides",
         *       "memberCount": 2
         *     }
         */
        InvitedRoom: {
            name: string;
            description: string;
            /** Format: int64 */
            memberCount: number;
        };
        /**
         * @example {
         *       "id": 1,
         *       "name": "Harbour",
         *       "description": "",
         *       "memberCount": 2
         *     }
         */
        InvitingRoom: {
            /** Format: int64 */
            id: number;
            name: string;
            description: string;
            /** Format: int64 */
            memberCount: number;
        };
        /**
         * @example {
         *       "password": "fish"
         *     }
         */
        JoinRequest: {
            password?: string;
        };
        /** @enum {string} */
        LogLevel: "trace" | "debug" | "information";
        /**
         * @example {
         *       "category": "Maru.Server.Bus",
         *       "level": "debug",
         *       "minutes": 15
         *     }
         */
        LogLevelChange: {
            /** @description `Maru`, or one of its parts, as `log.logger` in the log has it */
            category: string;
            level: components["schemas"]["LogLevel"];
            /**
             * Format: int64
             * @description for how long, 0 to 60; 0: it goes back at once
             * @default 15
             */
            minutes: number;
        };
        /**
         * @example {
         *       "category": "Maru.Server.Bus",
         *       "level": "debug",
         *       "until": "2026-11-20T13:05:00.000Z"
         *     }
         */
        LogLevelSetting: {
            /** @description the beginning of the names of loggers: `Maru`, or one of its parts */
            category: string;
            level: components["schemas"]["LogLevel"];
            /**
             * Format: date-time
             * @description the time at which it goes back by itself
             */
            until: string;
        };
        /**
         * @description A kind of error in a node's log, without its values.
         * @example {
         *       "category": "Maru.Server.Bus.RedisBus",
         *       "event": "Failed",
         *       "exception": "System.TimeoutException",
         *       "count": 3,
         *       "first": "2026-11-20T12:49:50.840Z",
         *       "last": "2026-11-20T12:50:00.000Z"
         *     }
         */
        LoggedError: {
            /** @description the logger's name */
            category: string;
            /** @description the name of the line */
            event: string;
            /** Format: int64 */
            count: number;
            /** Format: date-time */
            first: string;
            /** Format: date-time */
            last: string;
            /** @description the exception's type; absent: there was none */
            exception?: string;
        };
        LoggedErrors: {
            /** @description the last seen first */
            items: components["schemas"]["LoggedError"][];
        };
        /**
         * @example {
         *       "handle": "ann",
         *       "password": "correct horse"
         *     }
         */
        LoginRequest: {
            /** @description the handle or the e-mail address; case and width do not matter */
            handle: string;
            password: string;
            /** @description the name of this session in the list of sessions; else the User-Agent */
            device?: string;
            /** @description the one that this device got when it last signed in to this account: wrong passwords of others do not keep it from signing in */
            deviceToken?: string;
            /** @description true, from the server's own pages: the refresh token comes as a cookie, and not in the response */
            cookie?: boolean;
        };
        /**
         * @example {
         *       "id": 1,
         *       "handle": "ann",
         *       "name": "Ann",
         *       "role": "owner",
         *       "online": true
         *     }
         */
        Member: {
            /** Format: int64 */
            id: number;
            handle: string;
            name: string;
            /** @description `owner`, `admin` or `member` */
            role: components["schemas"]["Role"];
            /** @description true when they are there, online or away, and show it to you */
            online: boolean;
            avatarUrl?: string;
        };
        MemberPage: {
            /** @description ordered by id */
            items: components["schemas"]["Member"][];
            /** @description pass it as `after` to get the next page; absent on the last one */
            next?: string;
        };
        /**
         * @description A place in a message's text that mentions a member, or all: highlight it, and guess nothing.
         * @example {
         *       "start": 6,
         *       "length": 4,
         *       "userId": 2
         *     }
         */
        Mention: {
            /**
             * Format: int32
             * @description where it begins, in UTF-16 code units, as JavaScript and .NET count
             */
            start: number;
            /**
             * Format: int32
             * @description with the `@`, in the same units
             */
            length: number;
            /**
             * Format: int64
             * @description who is mentioned; absent where all are
             */
            userId?: number;
            /** @description true: it mentions all members */
            all?: boolean;
        };
        MentionPage: {
            /** @description newest first; fewer than asked for, even none, where the caller has mentioned all very often */
            items: components["schemas"]["MentioningMessage"][];
            /** @description pass it as `after` to get the next page; absent on the last one */
            next?: string;
        };
        /**
         * @description A message that mentions the caller.
         * @example {
         *       "roomId": 1,
         *       "seq": 17,
         *       "unread": true,
         *       "message": {
         *         "roomId": 1,
         *         "seq": 17,
         *         "kind": "message",
         *         "sender": {
         *           "id": 2,
         *           "handle": "ben",
         *           "name": "Ben"
         *         },
         *         "text": "Hello @ann",
         *         "at": "2026-11-20T12:50:00.503Z",
         *         "mentions": [
         *           {
         *             "start": 6,
         *             "length": 4,
         *             "userId": 1
         *           }
         *         ],
         *         "reactions": [],
         *         "files": []
         *       }
         *     }
         */
        MentioningMessage: {
            /** Format: int64 */
            roomId: number;
            /** Format: int64 */
            seq: number;
            /** @description true: their position is before it */
            unread: boolean;
            message: components["schemas"]["Message"];
        };
        /**
         * @example {
         *       "roomId": 1,
         *       "seq": 17,
         *       "kind": "message",
         *       "sender": {
         *         "id": 2,
         *         "handle": "ben",
         *         "name": "Ben"
         *       },
         *       "text": "Hello",
         *       "at": "2026-11-20T12:50:00.503Z",
         *       "clientKey": "r1",
         *       "replyTo": 3,
         *       "reactions": [],
         *       "files": []
         *     }
         */
        Message: {
            /** Format: int64 */
            roomId: number;
            /**
             * Format: int64
             * @description its position in the room's log: 1, 2, 3 …
             */
            seq: number;
            /**
             * @description `message`, `poll`, `system` for a change of members or of the room, or `unknown` for a kind that only a newer server
             *     can read
             */
            kind: components["schemas"]["MessageKind"];
            /** @description in a system message: the user who acted */
            sender: components["schemas"]["User"];
            /** @description of a poll its question; empty when deleted, and in system messages */
            text: string;
            /** Format: date-time */
            at: string;
            reactions: components["schemas"]["Reaction"][];
            files: components["schemas"]["SentFile"][];
            /** @description the sender's own key */
            clientKey?: string;
            /**
             * Format: int64
             * @description the seq replied to
             */
            replyTo?: number;
            /** Format: date-time */
            editedAt?: string;
            /** Format: date-time */
            deletedAt?: string;
            /** @description in a system message: `member.joined`, `member.left` or `room.changed` */
            event?: string;
            /** @description in a system message: the user whom it is about */
            subject?: components["schemas"]["User"];
            /** @description whom the text mentions, and where; absent: nobody */
            mentions?: components["schemas"]["Mention"][];
            /**
             * Format: int64
             * @description how many members but the sender, who joined before it, have not read it; absent in events, in what a send returns, in the lists of
             *     rooms, mentions and pins, and in system messages
             */
            unreadBy?: number;
            /** @description true: the reader has starred it; told where `unreadBy` is, and in the list of stars; else absent */
            starred?: boolean;
            /** @description true, in a `member.left`: the subject was taken out by a ban; else absent */
            banned?: boolean;
            /** @description what to vote for, and how many did; absent when it is no poll, and when it is deleted */
            poll?: components["schemas"]["Poll"];
            /** @description the message that it replies to, as it is now; told where `unreadBy` is, and in the lists of mentions, pins and stars */
            quote?: components["schemas"]["Quote"];
            /**
             * Format: int64
             * @description how many messages that are not deleted reply to it; absent: none. Never told in events, nor in what a send returns
             */
            replies?: number;
            /** @description where its text was said first; absent: here */
            forwardedFrom?: components["schemas"]["MessageOrigin"];
            /** @description where the text has what was searched for; told by a search alone */
            highlights?: components["schemas"]["Highlight"][];
            /** @description where names of files have it, in the order of `files`; absent: none has */
            fileHighlights?: components["schemas"]["FileHighlight"][];
            /** @description what its links lead to, in their order; absent: nothing is known, or not yet */
            previews?: components["schemas"]["Preview"][];
        };
        /**
         * @example {
         *       "text": "Hello!"
         *     }
         */
        MessageChange: {
            /** @description not blank, unless the message has files */
            text: string;
        };
        /** @enum {string} */
        MessageKind: "message" | "poll" | "system" | "unknown";
        /**
         * @description Where a forwarded text was said first.
         * @example {
         *       "sender": {
         *         "id": 1,
         *         "handle": "ann",
         *         "name": "Ann"
         *       },
         *       "at": "2026-11-20T12:49:58.933Z",
         *       "roomId": 1,
         *       "seq": 3
         *     }
         */
        MessageOrigin: {
            /** @description who said it */
            sender: components["schemas"]["User"];
            /**
             * Format: date-time
             * @description when
             */
            at: string;
            /**
             * Format: int64
             * @description where: told if it was in the same room, or in one that is public
             */
            roomId?: number;
            /**
             * Format: int64
             * @description told with `roomId`
             */
            seq?: number;
        };
        MessagePage: {
            /** @description ascending by seq */
            items: components["schemas"]["Message"][];
            /** @description true when there are more in the direction asked for: older ones, or with `after` newer ones */
            hasMore: boolean;
            /**
             * Format: int64
             * @description the end of the room's log as of the page: what is counted in it is counted up to there
             * @default 0
             */
            lastSeq: number;
            /** @description told around a place: true when there are newer ones; `hasMore` is of older ones */
            hasMoreAfter?: boolean;
        };
        /**
         * @example {
         *       "expiresIn": 86400,
         *       "maxUses": 10
         *     }
         */
        NewInvitationLink: {
            /**
             * Format: int64
             * @description seconds after which it is over, 1 to 31536000 (a year); absent: it does not end by itself
             */
            expiresIn?: number;
            /**
             * Format: int64
             * @description people whom it lets in, 1 to 100000; absent: any number
             */
            maxUses?: number;
        };
        /**
         * @example {
         *       "text": "Hello",
         *       "replyTo": 3
         *     }
         */
        NewMessage: {
            /** @description not blank, unless there are files; left out in a forward */
            text?: string;
            /**
             * Format: int64
             * @description the seq of a message in the room
             */
            replyTo?: number;
            /** @description the ids of files that you have uploaded, at most 10: a message with files needs no text */
            files?: number[];
            /** @description the message whose text it has, in place of its own */
            forward?: components["schemas"]["ForwardedMessage"];
        };
        /**
         * @example {
         *       "question": "When do we sail?",
         *       "options": [
         *         "Noon",
         *         "Dusk"
         *       ],
         *       "closesAt": "2026-11-21T12:00:00Z"
         *     }
         */
        NewPoll: {
            /** @description a message's text: not blank */
            question: string;
            /** @description 2 to 20 different ones, each with something visible in it, at most 200 characters and 1600 bytes, and kept in one line */
            options: string[];
            /**
             * @description true: each person may vote for several
             * @default false
             */
            multiple: boolean;
            /**
             * @description true: nobody is told who voted for what
             * @default false
             */
            anonymous: boolean;
            /**
             * Format: date-time
             * @description when it closes by itself, in the future; absent: never
             */
            closesAt?: string;
        };
        /**
         * @example {
         *       "name": "Harbour",
         *       "visibility": "public",
         *       "members": [
         *         2
         *       ]
         *     }
         */
        NewRoom: {
            /** @description 1 to 100 visible characters of scripts that go together, at most 800 bytes; kept in one spelling */
            name: string;
            /** @description `public`: all users find it and may join; `private`: by invitation */
            visibility: components["schemas"]["Visibility"];
            /** @description at most 1000 characters and 8000 bytes */
            description?: string;
            /** @description the password that users need to join a public room, 1 to 256 characters and at most 2048 bytes; absent: none is needed */
            password?: string;
            /** @description users who are members from the beginning; who wants to be asked first is invited */
            members?: number[];
            /**
             * @description true: guests may join and be invited too
             * @default false
             */
            guests: boolean;
            /** @description what those who join later may read of the past: `all`, or `joined` for nothing from before their join */
            history?: components["schemas"]["RoomHistory"];
        };
        /**
         * @example {
         *       "text": "Good morning",
         *       "at": "2026-11-21T08:00:00Z",
         *       "replyTo": 17
         *     }
         */
        NewScheduled: {
            /**
             * Format: date-time
             * @description when to send it: in the future, and not too far ahead
             */
            at: string;
            /** @description not blank, unless there are files */
            text?: string;
            /**
             * Format: int64
             * @description the seq of a message in the room
             */
            replyTo?: number;
            /** @description the ids of files that you have uploaded, at most 10: they wait with the message */
            files?: number[];
        };
        NodeList: {
            /** @description the first started first */
            items: components["schemas"]["NodeStatus"][];
            /** @description false: the node that answers measures nothing, because of `Maru:Metrics:Enabled` */
            measured: boolean;
        };
        /**
         * @description What a node measured in one interval, of five seconds as a rule. Durations are seconds, and absent when there were none.
         * @example {
         *       "number": 12,
         *       "at": "2026-11-20T12:50:00.000Z",
         *       "connections": 1200,
         *       "subscriptions": 4800,
         *       "rooms": 310,
         *       "cursors": 2,
         *       "messages": 84.2,
         *       "durableP50": 0.0021,
         *       "durableP99": 0.0094,
         *       "receiptP50": 0.0024,
         *       "receiptP99": 0.0101,
         *       "deliveryP50": 0.0007,
         *       "deliveryP99": 0.0031,
         *       "queueBytes": 4096,
         *       "queueLimit": 67108864,
         *       "memoryUsed": 52428800,
         *       "memoryLimit": 1073741824,
         *       "outboxBytes": 8192,
         *       "refusals": 0.2,
         *       "errors": 0,
         *       "busConnected": true,
         *       "busLag": 0.0011,
         *       "cpu": 0.42,
         *       "processBytes": 268435456
         *     }
         */
        NodePoint: {
            /**
             * Format: int64
             * @description 1, 2, 3 … since the node's start: the `after` of the points that follow
             */
            number: number;
            /**
             * Format: date-time
             * @description the end of the interval
             */
            at: string;
            /**
             * Format: int64
             * @description open connections of clients
             */
            connections: number;
            /**
             * Format: int64
             * @description subscriptions to rooms and their signals
             */
            subscriptions: number;
            /**
             * Format: int64
             * @description rooms in use
             */
            rooms: number;
            /**
             * Format: int64
             * @description subscriptions that are behind and read at their own pace
             */
            cursors: number;
            /**
             * Format: double
             * @description entries a second that became durable
             */
            messages: number;
            /**
             * Format: int64
             * @description bytes of drafts that wait for the store
             */
            queueBytes: number;
            /**
             * Format: int64
             * @description their bound
             */
            queueLimit: number;
            /**
             * Format: int64
             * @description bytes that clients make the process keep
             */
            memoryUsed: number;
            /**
             * Format: int64
             * @description their bound
             */
            memoryLimit: number;
            /**
             * Format: int64
             * @description bytes that wait for clients to take them
             */
            outboxBytes: number;
            /**
             * Format: double
             * @description refused requests of clients a second
             */
            refusals: number;
            /**
             * Format: double
             * @description responses with a status from 500 on, a second
             */
            errors: number;
            /**
             * Format: double
             * @description processor cores in use: 0.5 is half of one
             */
            cpu: number;
            /**
             * Format: int64
             * @description bytes of memory that the process has
             */
            processBytes: number;
            /**
             * Format: double
             * @description from a message's arrival to its being durable: half took no longer
             */
            durableP50?: number;
            /**
             * Format: double
             * @description the same: 99 of 100 took no longer
             */
            durableP99?: number;
            /**
             * Format: double
             * @description from a message's arrival to its sender's being told
             */
            receiptP50?: number;
            /** Format: double */
            receiptP99?: number;
            /**
             * Format: double
             * @description from an entry's being durable to its being written for all who listen on the node
             */
            deliveryP50?: number;
            /** Format: double */
            deliveryP99?: number;
            /** @description whether all buses carry frames; absent: the node has no bus */
            busConnected?: boolean;
            /**
             * Format: double
             * @description from sending a frame to its coming back: half took no longer
             */
            busLag?: number;
        };
        NodePoints: {
            /** @description the oldest first; of the last 30 minutes */
            items: components["schemas"]["NodePoint"][];
        };
        NodeStatus: {
            id: string;
            /** @description host and process */
            name: string;
            version: string;
            /** Format: date-time */
            startedAt: string;
            /** @description true for the node that answers */
            asked: boolean;
            /** @description true: it takes no new connections, until it is started anew */
            draining: boolean;
            /** @description the level that its log has for a while; absent: that of its settings */
            logLevel?: components["schemas"]["LogLevelSetting"];
            /** @description what it measured last; absent: nothing lately */
            last?: components["schemas"]["NodePoint"];
        };
        /** @enum {string} */
        Notify: "all" | "mentions" | "nothing";
        /**
         * @example {
         *       "userId": 2
         *     }
         */
        OwnerChange: {
            /**
             * Format: int64
             * @description the member who follows the owner; absent: you
             */
            userId?: number;
        };
        /**
         * @example {
         *       "oldPassword": "correct horse",
         *       "newPassword": "battery staple"
         *     }
         */
        PasswordChange: {
            oldPassword: string;
            /** @description 8 to 256 characters and at most 2048 bytes */
            newPassword: string;
        };
        PinList: {
            /** @description all of the room, the newest pin first */
            items: components["schemas"]["PinnedMessage"][];
        };
        /**
         * @description A pinned message of a room.
         * @example {
         *       "message": {
         *         "roomId": 1,
         *         "seq": 4,
         *         "kind": "message",
         *         "sender": {
         *           "id": 2,
         *           "handle": "ben",
         *           "name": "Ben"
         *         },
         *         "text": "Over REST",
         *         "at": "2026-11-20T12:50:00.503Z",
         *         "reactions": [],
         *         "files": []
         *       },
         *       "pinnedBy": {
         *         "id": 1,
         *         "handle": "ann",
         *         "name": "Ann"
         *       },
         *       "at": "2026-11-20T12:51:09.208Z"
         *     }
         */
        PinnedMessage: {
            message: components["schemas"]["Message"];
            /** @description also somebody who has left, or a deleted user */
            pinnedBy: components["schemas"]["User"];
            /**
             * Format: date-time
             * @description when it was pinned
             */
            at: string;
        };
        /**
         * @example {
         *       "options": [
         *         {
         *           "id": 1,
         *           "text": "Noon",
         *           "votes": 3
         *         },
         *         {
         *           "id": 2,
         *           "text": "Dusk",
         *           "votes": 1
         *         }
         *       ],
         *       "multiple": false,
         *       "anonymous": false,
         *       "voters": 4,
         *       "closesAt": "2026-11-21T12:00:00.000Z",
         *       "mine": [
         *         1
         *       ]
         *     }
         */
        Poll: {
            /** @description what to vote for, in their order; never changed */
            options: components["schemas"]["PollChoice"][];
            /** @description true: each person may vote for several */
            multiple: boolean;
            /** @description true: nobody is told who voted for what */
            anonymous: boolean;
            /**
             * Format: int64
             * @description how many people have voted
             */
            voters: number;
            /**
             * Format: date-time
             * @description when it closes by itself; absent: never
             */
            closesAt?: string;
            /**
             * Format: date-time
             * @description when somebody closed it; absent: nobody did
             */
            closedAt?: string;
            /** @description the ids of the options for which the reader has voted; absent in events and in what a send returns */
            mine?: number[];
        };
        /**
         * @example {
         *       "id": 1,
         *       "text": "Noon",
         *       "votes": 3
         *     }
         */
        PollChoice: {
            /**
             * Format: int64
             * @description 1, 2, 3 … in the poll
             */
            id: number;
            text: string;
            /**
             * Format: int64
             * @description how many people have voted for it
             */
            votes: number;
        };
        /**
         * @example {
         *       "options": [
         *         1
         *       ]
         *     }
         */
        PollVote: {
            /** @description the ids of the options; they replace those before, and none takes the vote back */
            options: number[];
        };
        /**
         * @description A vote for an option.
         * @example {
         *       "user": {
         *         "id": 2,
         *         "handle": "ben",
         *         "name": "Ben"
         *       },
         *       "at": "2026-11-20T12:50:03.117Z"
         *     }
         */
        PollVoter: {
            /** @description also somebody who has left, or a deleted user */
            user: components["schemas"]["User"];
            /** Format: date-time */
            at: string;
        };
        PollVoterPage: {
            /** @description the first votes first */
            items: components["schemas"]["PollVoter"][];
            /** @description the `after` of the next page; absent: there is none */
            next?: string;
        };
        /**
         * @example {
         *       "userId": 2,
         *       "state": "offline",
         *       "lastSeenAt": "2026-11-20T12:50:02.415Z"
         *     }
         */
        Presence: {
            /** Format: int64 */
            userId: number;
            /** @description `online`, `away` or `offline`, which is also what those have whom you may not see */
            state: components["schemas"]["PresenceState"];
            /**
             * Format: date-time
             * @description when they were connected last; only where they are offline and you may see them
             */
            lastSeenAt?: string;
        };
        PresenceList: {
            /** @description one for each person, in the order asked for */
            items: components["schemas"]["Presence"][];
        };
        /** @enum {string} */
        PresenceState: "online" | "away" | "offline";
        /**
         * @description Where to put the bytes of a file.
         * @example {
         *       "id": 3,
         *       "url": "https://s3.example.org/maru/uploads/3/0-1a2b3c4d5e6f7081?X-Amz-Algorithm=AWS4-HMAC-SHA256",
         *       "headers": {
         *         "Content-Type": "application/octet-stream"
         *       },
         *       "expiresAt": "2026-11-20T13:05:00.503Z"
         *     }
         */
        PresignedUpload: {
            /**
             * Format: int64
             * @description of the upload, also below `/api/uploads`
             */
            id: number;
            /** @description for one PUT with just the bytes as its body, without an access token */
            url: string;
            /** @description that the PUT must have */
            headers: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description the address is good until then
             */
            expiresAt: string;
        };
        /**
         * @description A file to be put straight to the store.
         * @example {
         *       "name": "trip.mp4",
         *       "size": 48213000,
         *       "duration": 12.5
         *     }
         */
        PresignedUploadRequest: {
            /** @description as it is called there */
            name?: string;
            /**
             * Format: int64
             * @description bytes: neither more nor fewer can be put
             */
            size?: number;
            /**
             * Format: double
             * @description seconds, of audio and video
             */
            duration?: number;
            /** @description of a voice message: at most 64 numbers, 0 to 100 */
            waveform?: number[];
        };
        /**
         * @description What a link leads to, as the site says it: text to be shown as text.
         * @example {
         *       "url": "https://example.com/tides",
         *       "title": "Tides of the week",
         *       "siteName": "Harbour News",
         *       "image": {
         *         "url": "/api/files/previews/pictures/7",
         *         "width": 480,
         *         "height": 252
         *       }
         *     }
         */
        Preview: {
            /** @description the link, as browsers write it: `new URL(link).href` */
            url: string;
            /** @description one line, at most 200 characters */
            title: string;
            /** @description one line, at most 500 characters; absent: none */
            description?: string;
            /** @description one line, at most 100 characters; absent: none */
            siteName?: string;
            image?: components["schemas"]["PreviewImage"];
        };
        /**
         * @example {
         *       "url": "/api/files/previews/pictures/7",
         *       "width": 480,
         *       "height": 252
         *     }
         */
        PreviewImage: {
            /** @description on this server, for those who see the message */
            url: string;
            /**
             * Format: int32
             * @description pixels
             */
            width: number;
            /** Format: int32 */
            height: number;
        };
        /**
         * @description Why a request was refused (RFC 9457).
         * @example {
         *       "type": "invalid",
         *       "title": "Some fields are not valid.",
         *       "status": 400,
         *       "errors": {
         *         "name": [
         *           "1 to 80 characters."
         *         ]
         *       },
         *       "traceId": "00-e3bf4c61941829c1ba6385291fe20dc1-8c4bc33b7aba23d2-00"
         *     }
         */
        Problem: {
            /** @description A stable slug, for programs. */
            type: string;
            /** @description What happened and what to do, for people. */
            title: string;
            /**
             * Format: int32
             * @description The status of the response.
             */
            status: number;
            /** @description More about this very refusal, where there is more. */
            detail?: string;
            /**
             * Format: int32
             * @description Of `slow-mode`: the seconds to wait, as in `Retry-After`.
             */
            retryAfter?: number;
            /** @description Of `invalid`: what a good value looks like, for each field that is wrong. */
            errors?: {
                [key: string]: string[];
            };
            /** @description Finds the request in the server's log. */
            traceId: string;
        };
        /**
         * @description A user, as they see themselves.
         * @example {
         *       "id": 1,
         *       "handle": "ann",
         *       "name": "Ann",
         *       "statusMessage": "at sea",
         *       "showPresence": true,
         *       "whoMayAdd": "everyone",
         *       "whoMayWrite": "everyone",
         *       "findByEmail": false,
         *       "readReceipts": true,
         *       "lastSeen": true,
         *       "doNotDisturb": false,
         *       "role": "user"
         *     }
         */
        Profile: {
            /** Format: int64 */
            id: number;
            handle: string;
            name: string;
            statusMessage?: string;
            avatarUrl?: string;
            /**
             * @description whether others see that the user is there, and the user sees it of them
             * @default true
             */
            showPresence: boolean;
            /** @description who may put the user into group rooms: `everyone`, `contacts` or `nobody` */
            whoMayAdd?: components["schemas"]["Allowed"];
            /** @description who may open a direct room with the user */
            whoMayWrite?: components["schemas"]["Allowed"];
            /**
             * @description whether who asks for a contact finds the user by their e-mail address
             * @default false
             */
            findByEmail: boolean;
            /**
             * @description whether others are told what the user has read
             * @default true
             */
            readReceipts: boolean;
            /**
             * @description whether others are told when the user was there last
             * @default true
             */
            lastSeen: boolean;
            /**
             * @description whether the user wants to be left alone: true, false, or the time until which
             * @default false
             */
            doNotDisturb: unknown;
            /** @description of the whole server: the operator makes admins */
            role?: components["schemas"]["SiteRole"];
            /** @description true for a guest; else absent */
            guest?: boolean;
        };
        /**
         * @description The fields to change: an absent one stays; an empty statusMessage or avatarUrl removes it.
         * @example {
         *       "name": "Ann",
         *       "statusMessage": "at sea"
         *     }
         */
        ProfileChange: {
            /** @description 1 to 80 visible characters of scripts that go together, at most 640 bytes; kept in one spelling */
            name?: string;
            /** @description at most 200 characters and 1600 bytes */
            statusMessage?: string;
            /** @description https://… or /api/files/…, at most 500 bytes */
            avatarUrl?: string;
            /** @description false: nobody sees whether you are there, and you see it of nobody */
            showPresence?: boolean;
            /**
             * @description who may put you into group rooms: `everyone`, as at first; `contacts`: others invite you, and you accept or decline;
             *     `nobody`
             */
            whoMayAdd?: components["schemas"]["Allowed"];
            /** @description who may open a direct room with you: `everyone`, as at first, your `contacts`, or `nobody` */
            whoMayWrite?: components["schemas"]["Allowed"];
            /** @description true: who asks for a contact finds you by your e-mail address */
            findByEmail?: boolean;
            /** @description false: nobody is told what you have read */
            readReceipts?: boolean;
            /** @description false: nobody is told when you were there last */
            lastSeen?: boolean;
            /** @description true, false, or the time until which */
            doNotDisturb?: unknown;
        };
        /** @description A JSON Web Key (RFC 7518 sections 6.2.1 and 6.3.1). */
        PublicKey: {
            /** @description `EC` or `RSA` */
            kty: string;
            /** @description `sig` */
            use: string;
            /** @description `ES256` or `RS256` */
            alg: string;
            /** @description the `kid` of the tokens that it verifies */
            kid: string;
            /** @description EC: `P-256` */
            crv?: string;
            /** @description EC: coordinate */
            x?: string;
            /** @description EC: coordinate */
            y?: string;
            /** @description RSA: modulus */
            n?: string;
            /** @description RSA: exponent */
            e?: string;
        };
        PublicKeySet: {
            /** @description the signing key first */
            keys: components["schemas"]["PublicKey"][];
        };
        /**
         * @description The message that a reply answers.
         * @example {
         *       "seq": 3,
         *       "sender": {
         *         "id": 1,
         *         "handle": "ann",
         *         "name": "Ann"
         *       },
         *       "text": "Hello!"
         *     }
         */
        Quote: {
            /** Format: int64 */
            seq: number;
            /** @description at most 200 UTF-16 code units of it, and an ellipsis where it goes on; empty when deleted or hidden */
            text: string;
            /** @description absent when hidden */
            sender?: components["schemas"]["User"];
            /** Format: date-time */
            deletedAt?: string;
            /** @description true: the room hides it from the reader, who joined later; else absent */
            hidden?: boolean;
            /** @description of the message, as they are there; absent where it has none, is deleted or hidden */
            files?: components["schemas"]["SentFile"][];
        };
        /**
         * @example {
         *       "emoji": "👍",
         *       "count": 2,
         *       "mine": false
         *     }
         */
        Reaction: {
            emoji: string;
            /** Format: int32 */
            count: number;
            /** @description the reader has reacted so too */
            mine: boolean;
        };
        /**
         * @example {
         *       "seq": 17
         *     }
         */
        ReadRequest: {
            /**
             * Format: int64
             * @description the newest entry of the room's log that the reader has seen; beyond the end of the log it is the end
             */
            seq: number;
            /**
             * @description true: move back too, so that what follows is unread again, but not before the reader joined
             * @default false
             */
            unread: boolean;
        };
        /**
         * @example {
         *       "user": {
         *         "id": 2,
         *         "handle": "ben",
         *         "name": "Ben"
         *       },
         *       "at": "2026-11-20T12:50:00.503Z"
         *     }
         */
        Reader: {
            user: components["schemas"]["User"];
            /**
             * Format: date-time
             * @description when their position last moved
             */
            at: string;
        };
        ReaderPage: {
            /** @description those who have read least first; fewer than asked for, even none, where very many joined later */
            items: components["schemas"]["Reader"][];
            /** @description pass it as `after` to get the next page; absent on the last one */
            next?: string;
        };
        /**
         * @example {
         *       "refreshToken": "EhsVbQVfaaETfpznlJv4NmGF1F3if4cMeGVxGNAOGwc"
         *     }
         */
        RefreshRequest: {
            /** @description absent: that of the cookie, whose successor comes as a cookie too */
            refreshToken?: string;
        };
        /**
         * @description An upload in parts.
         * @example {
         *       "id": 3,
         *       "length": 48213,
         *       "offset": 16384,
         *       "expiresAt": "2026-11-21T12:50:00.503Z"
         *     }
         */
        ResumableUpload: {
            /** Format: int64 */
            id: number;
            /**
             * Format: int64
             * @description bytes that it will have
             */
            length: number;
            /**
             * Format: int64
             * @description bytes that are there
             */
            offset: number;
            /**
             * Format: date-time
             * @description it is gone then; each part moves that
             */
            expiresAt: string;
            /** @description the file that it became, once it has */
            file?: components["schemas"]["SentFile"];
        };
        /** @enum {string} */
        Role: "owner" | "admin" | "member";
        /**
         * @example {
         *       "role": "admin"
         *     }
         */
        RoleChange: {
            /** @description `owner` (the caller becomes admin), `admin` or `member` */
            role: components["schemas"]["Role"];
        };
        /**
         * @example {
         *       "id": 1,
         *       "kind": "group",
         *       "name": "Harbour",
         *       "description": "",
         *       "visibility": "public",
         *       "hasPassword": false,
         *       "memberCount": 2,
         *       "lastSeq": 17,
         *       "history": "all",
         *       "role": "member"
         *     }
         */
        Room: {
            /** Format: int64 */
            id: number;
            /** @description `group` or `direct` */
            kind: components["schemas"]["RoomKind"];
            /** @description in a direct room: the name of the other user */
            name: string;
            description: string;
            visibility: components["schemas"]["Visibility"];
            hasPassword: boolean;
            /** Format: int64 */
            memberCount: number;
            /**
             * Format: int64
             * @description the seq of the newest entry of the room's log
             */
            lastSeq: number;
            /** @description what those who joined later may read of the past: `all`, or `joined` for nothing from before their join */
            history: components["schemas"]["RoomHistory"];
            /** @description the caller's; absent when they are not a member */
            role?: components["schemas"]["Role"];
            /** @description one line; absent: none */
            topic?: string;
            /** @description its picture, in a direct room that of the other user; absent: none */
            avatarUrl?: string;
            /**
             * Format: int32
             * @description seconds that a member waits between two messages; absent: none
             */
            slowMode?: number;
            /** @description true: only the owner and admins write; else absent */
            readOnly?: boolean;
            /** @description what the caller has set for themselves; absent: nothing */
            settings?: components["schemas"]["RoomSettings"];
            /**
             * Format: int64
             * @description the caller's position; only in the list of their own rooms, and so the next three
             */
            readSeq?: number;
            /**
             * Format: int64
             * @description messages that the caller has not read
             */
            unread?: number;
            /**
             * Format: int64
             * @description those of them that mention the caller
             */
            mentions?: number;
            /** @description absent while there is none */
            lastMessage?: components["schemas"]["Message"];
            /** @description True where guests may be members; else absent. */
            guests?: boolean;
            /** @description False where messages get no previews of their links; else absent. */
            linkPreviews?: boolean;
            /**
             * Format: int64
             * @description Messages of the last ten minutes; only in the list of public rooms.
             */
            recentMessages?: number;
        };
        /**
         * @description The fields to change: an absent one stays.
         * @example {
         *       "description": "Ships and tides",
         *       "password": null
         *     }
         */
        RoomChange: {
            /** @description 1 to 100 visible characters of scripts that go together, at most 800 bytes; kept in one spelling. */
            name?: string;
            /** @description At most 1000 characters and 8000 bytes. */
            description?: string;
            visibility?: components["schemas"]["Visibility"];
            /** @description True: guests may join and be invited too; false: those who are there are removed. */
            guests?: boolean;
            /** @description What those who joined later may read of the past: `all`, or `joined` for nothing from before their join. */
            history?: components["schemas"]["RoomHistory"];
            /** @description null or empty: no password is needed any more. */
            password?: null | string;
            /** @description One line of at most 250 characters and 2000 bytes; null or empty: none. */
            topic?: null | string;
            /** @description https://… or /api/files/…, at most 500 bytes; null or empty: none. */
            avatarUrl?: null | string;
            /**
             * Format: int32
             * @description Seconds between two messages of one member, at most 21600; 0: no wait. It does not bind the owner and admins.
             */
            slowMode?: number;
            /** @description true: only the owner and admins write. */
            readOnly?: boolean;
            /** @description False: new messages get no previews of their links; those that are there stay. */
            linkPreviews?: boolean;
        };
        /**
         * @description A file of a room.
         * @example {
         *       "id": 5,
         *       "kind": "image",
         *       "name": "boat.jpg",
         *       "mediaType": "image/jpeg",
         *       "size": 48213,
         *       "url": "/api/files/5",
         *       "width": 800,
         *       "height": 600,
         *       "seq": 17,
         *       "sender": {
         *         "id": 2,
         *         "handle": "ben",
         *         "name": "Ben"
         *       },
         *       "at": "2026-11-20T12:50:00.503Z"
         *     }
         */
        RoomFile: {
            /** Format: int64 */
            id: number;
            kind: components["schemas"]["FileKind"];
            name: string;
            mediaType: string;
            /** Format: int64 */
            size: number;
            url: string;
            /**
             * Format: int64
             * @description of its message
             */
            seq: number;
            /** @description of its message */
            sender: components["schemas"]["User"];
            /**
             * Format: date-time
             * @description when that was sent
             */
            at: string;
            /** Format: int32 */
            width?: number;
            /** Format: int32 */
            height?: number;
            placeholder?: string;
            /** Format: double */
            duration?: number;
            waveform?: number[];
        };
        RoomFilePage: {
            /** @description the newest first */
            items: components["schemas"]["RoomFile"][];
            next?: string;
        };
        /** @enum {string} */
        RoomHistory: "all" | "joined";
        /**
         * @description A room into which somebody would bring the caller, who wants to be asked first.
         * @example {
         *       "room": {
         *         "id": 1,
         *         "name": "Harbour",
         *         "description": "",
         *         "memberCount": 2
         *       },
         *       "inviter": {
         *         "id": 2,
         *         "handle": "ben",
         *         "name": "Ben"
         *       },
         *       "at": "2026-11-20T12:52:07.249Z"
         *     }
         */
        RoomInvitation: {
            /** @description what is told of it before they accept */
            room: components["schemas"]["InvitingRoom"];
            /** @description who would bring them in */
            inviter: components["schemas"]["User"];
            /** Format: date-time */
            at: string;
        };
        RoomInvitationPage: {
            /** @description ordered by the rooms' ids */
            items: components["schemas"]["RoomInvitation"][];
            /** @description pass it as `after` to get the next page; absent on the last one */
            next?: string;
        };
        /** @enum {string} */
        RoomKind: "group" | "direct";
        RoomPage: {
            items: components["schemas"]["Room"][];
            /** @description pass it as `after`, with the same sort, to get the next page; absent on the last one */
            next?: string;
        };
        /**
         * @example {
         *       "readSeq": 17,
         *       "unread": 3,
         *       "mentions": 1,
         *       "firstUnread": 19
         *     }
         */
        RoomReadState: {
            /**
             * Format: int64
             * @description the caller's position: they have read up to here
             */
            readSeq: number;
            /**
             * Format: int64
             * @description messages that they have not read
             */
            unread: number;
            /**
             * Format: int64
             * @description those of them that mention the caller
             */
            mentions: number;
            /**
             * Format: int64
             * @description the seq of the first of them; absent when there is none, or none within the 1,000 entries behind the position
             */
            firstUnread?: number;
        };
        /**
         * @description What a member has set for themselves in a room. Nobody else sees it.
         * @example {
         *       "notify": "mentions",
         *       "hidden": false,
         *       "favourite": true,
         *       "muteUntil": "2026-11-21T08:00:00.000Z"
         *     }
         */
        RoomSettings: {
            /** @description of what the member wants to be notified: `all`, `mentions` or `nothing` */
            notify: components["schemas"]["Notify"];
            /** @description true: not in the list of their rooms, until the next message comes */
            hidden: boolean;
            /** @description true: one of their favourites */
            favourite: boolean;
            /**
             * Format: date-time
             * @description no notifications until then; absent: not muted
             */
            muteUntil?: string;
        };
        /**
         * @description The fields to change: an absent one stays.
         * @example {
         *       "notify": "nothing",
         *       "muteUntil": null
         *     }
         */
        RoomSettingsChange: {
            /** @description Of what you want to be notified. */
            notify?: components["schemas"]["Notify"];
            /**
             * Format: date-time
             * @description Until when there are no notifications; null or a time that is over: not muted.
             */
            muteUntil?: null | string;
            /** @description true: not in the list of your rooms, until the next message comes. */
            hidden?: boolean;
            favourite?: boolean;
        };
        /**
         * @example {
         *       "version": 1,
         *       "at": "2026-11-21T09:00:00Z"
         *     }
         */
        ScheduledChange: {
            /**
             * Format: int64
             * @description of what is changed: another one by now is a conflict
             */
            version: number;
            /** @description not blank, unless there are files; absent: it stays */
            text?: string;
            /**
             * Format: date-time
             * @description in the future; absent: it stays, which is not enough for one that failed
             */
            at?: string;
            /** @description in place of those that it has; absent: they stay */
            files?: number[];
        };
        /**
         * @description A message of the caller's that is to be sent later.
         * @example {
         *       "id": 5,
         *       "roomId": 1,
         *       "text": "Good morning",
         *       "at": "2026-11-21T08:00:00.000Z",
         *       "version": 1,
         *       "replyTo": 17
         *     }
         */
        ScheduledMessage: {
            /** Format: int64 */
            id: number;
            /** Format: int64 */
            roomId: number;
            text: string;
            /**
             * Format: date-time
             * @description when
             */
            at: string;
            /**
             * Format: int64
             * @description grows with each change: of two states the one with the higher version is right
             */
            version: number;
            /**
             * Format: int64
             * @description the seq of the message that it answers
             */
            replyTo?: number;
            /** @description the key with which it was scheduled, and which the message will have */
            clientKey?: string;
            /** @description the slug of the problem for which it was not sent; absent: it waits */
            failed?: string;
            /** @description those that it will have; absent: none */
            files?: components["schemas"]["SentFile"][];
        };
        ScheduledPage: {
            /** @description the earliest first */
            items: components["schemas"]["ScheduledMessage"][];
            /** @description pass it as `after` to get the next page; absent on the last one */
            next?: string;
        };
        SearchPage: {
            /** @description the newest or the best first; each has `highlights` */
            items: components["schemas"]["Message"][];
            /** @description the `before` of the next page; absent: there is none. A page may be short, even empty, and have a next one */
            next?: string;
        };
        /**
         * @description A file as messages have it.
         * @example {
         *       "id": 5,
         *       "kind": "image",
         *       "name": "boat.jpg",
         *       "mediaType": "image/jpeg",
         *       "size": 48213,
         *       "url": "/api/files/5",
         *       "width": 800,
         *       "height": 600
         *     }
         */
        SentFile: {
            /** Format: int64 */
            id: number;
            kind: components["schemas"]["FileKind"];
            name: string;
            /** @description as its content says */
            mediaType: string;
            /**
             * Format: int64
             * @description bytes
             */
            size: number;
            /** @description its content; a picture also has `/small` and `/large` below it */
            url: string;
            /**
             * Format: int32
             * @description of a picture, pixels
             */
            width?: number;
            /** Format: int32 */
            height?: number;
            /** @description of a picture: a tiny one as a data URL, to be shown until it is there */
            placeholder?: string;
            /**
             * Format: double
             * @description of audio and video, seconds, as its uploader says; absent: not told
             */
            duration?: number;
            /** @description of a voice message: at most 64 numbers, 0 to 100 */
            waveform?: number[];
        };
        /**
         * @example {
         *       "id": 3,
         *       "device": "laptop",
         *       "createdAt": "2026-11-20T12:49:50.840Z",
         *       "usedAt": "2026-11-20T12:49:50.840Z",
         *       "expiresAt": "2026-12-20T12:49:50.840Z",
         *       "current": true
         *     }
         */
        Session: {
            /** Format: int64 */
            id: number;
            device: string;
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description the time at which its tokens were last renewed
             */
            usedAt: string;
            /** Format: date-time */
            expiresAt: string;
            /** @description true for the session of this request */
            current: boolean;
        };
        SessionList: {
            items: components["schemas"]["Session"][];
        };
        /**
         * @example {
         *       "user": {
         *         "id": 1,
         *         "handle": "ann",
         *         "name": "Ann"
         *       },
         *       "accessToken": "eyJ…",
         *       "refreshToken": "EhsVbQVfaaETfpznlJv4NmGF1F3if4cMeGVxGNAOGwc",
         *       "expiresIn": 900,
         *       "deviceToken": "3ZtQ0vVbF0m8mCkYfC0b1zYqXr2nH5uJw9dE7sKpLxA"
         *     }
         */
        SignedIn: {
            /** @description the user who signed in */
            user: components["schemas"]["User"];
            /** @description for the Authorization header, and for CONNECT */
            accessToken: string;
            /** @description valid for one exchange: the response to a refresh has the next one; absent: it is in the cookie */
            refreshToken?: string;
            /**
             * Format: int64
             * @description seconds for which the access token is valid
             */
            expiresIn: number;
            /** @description only after a sign-up or a sign-in: keep it, also when you sign out, and send it with the next sign-in of this account */
            deviceToken?: string;
        };
        /**
         * @example {
         *       "handle": "ann",
         *       "name": "Ann",
         *       "password": "correct horse"
         *     }
         */
        SignupRequest: {
            /** @description 3–32 of `a-z0-9_.-`; it never changes */
            handle: string;
            /** @description the name that others see: 1 to 80 visible characters of scripts that go together, at most 640 bytes */
            name: string;
            /** @description 8 to 256 characters and at most 2048 bytes; the same in every spelling */
            password: string;
            /** @description an address to sign in with, at most 254 bytes; nobody else sees it */
            email?: string;
            /** @description the name of this session in the list of sessions; else the User-Agent */
            device?: string;
            /** @description true, from the server's own pages: the refresh token comes as a cookie, and not in the response */
            cookie?: boolean;
        };
        /** @enum {string} */
        SiteRole: "user" | "admin";
        /**
         * @example {
         *       "role": "admin"
         *     }
         */
        SiteRoleChange: {
            /** @description `user` or `admin`, of the whole server */
            role: components["schemas"]["SiteRole"];
        };
        SlowQueries: {
            /** @description those that took most together */
            byTotal: components["schemas"]["SlowQuery"][];
            /** @description those with the longest run */
            byLongest: components["schemas"]["SlowQuery"][];
        };
        /**
         * @description A statement, and what it took lately: five to ten minutes. Its text has no values.
         * @example {
         *       "sql": "SELECT role FROM users WHERE id = @Value",
         *       "count": 120,
         *       "total": 0.311,
         *       "longest": 0.021
         *     }
         */
        SlowQuery: {
            sql: string;
            /**
             * Format: int64
             * @description how often it ran
             */
            count: number;
            /**
             * Format: double
             * @description seconds of all its runs together
             */
            total: number;
            /**
             * Format: double
             * @description seconds of its longest run
             */
            longest: number;
        };
        StarPage: {
            /** @description the newest star first */
            items: components["schemas"]["StarredMessage"][];
            /** @description pass it as `after` to get the next page; absent on the last one */
            next?: string;
        };
        /**
         * @description A message that the caller has starred.
         * @example {
         *       "roomId": 1,
         *       "seq": 17,
         *       "at": "2026-11-20T12:52:07.249Z",
         *       "message": {
         *         "roomId": 1,
         *         "seq": 17,
         *         "kind": "message",
         *         "sender": {
         *           "id": 2,
         *           "handle": "ben",
         *           "name": "Ben"
         *         },
         *         "text": "Hello",
         *         "at": "2026-11-20T12:50:00.503Z",
         *         "reactions": [],
         *         "files": [],
         *         "starred": true
         *       }
         *     }
         */
        StarredMessage: {
            /** Format: int64 */
            roomId: number;
            /** Format: int64 */
            seq: number;
            /**
             * Format: date-time
             * @description when they did
             */
            at: string;
            message: components["schemas"]["Message"];
        };
        /** Format: binary */
        Stream: string;
        /**
         * @example {
         *       "typing": true
         *     }
         */
        TypingState: {
            /** @description true while you type, every three seconds; false when you stop without sending */
            typing: boolean;
        };
        /**
         * @example {
         *       "unread": 12,
         *       "mentions": 2,
         *       "rooms": 3
         *     }
         */
        UnreadTotal: {
            /**
             * Format: int64
             * @description messages in all of the caller's rooms that they have not read
             */
            unread: number;
            /**
             * Format: int64
             * @description those of them that mention the caller
             */
            mentions: number;
            /**
             * Format: int64
             * @description how many rooms have unread messages
             */
            rooms: number;
        };
        /**
         * @description One of your files.
         * @example {
         *       "id": 5,
         *       "kind": "image",
         *       "name": "boat.jpg",
         *       "mediaType": "image/jpeg",
         *       "size": 48213,
         *       "url": "/api/files/5",
         *       "width": 800,
         *       "height": 600,
         *       "createdAt": "2026-11-20T12:50:00.503Z"
         *     }
         */
        UploadedFile: {
            /** Format: int64 */
            id: number;
            kind: components["schemas"]["FileKind"];
            name: string;
            mediaType: string;
            /** Format: int64 */
            size: number;
            url: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: int32 */
            width?: number;
            /** Format: int32 */
            height?: number;
            placeholder?: string;
            /** Format: double */
            duration?: number;
            waveform?: number[];
        };
        UploadedFilePage: {
            /** @description the newest first */
            items: components["schemas"]["UploadedFile"][];
            /**
             * Format: int64
             * @description bytes that your files have
             */
            used: number;
            /**
             * Format: int64
             * @description bytes that they may have
             */
            quota: number;
            next?: string;
        };
        /** @description The form of an upload. */
        UploadedForm: {
            /** @description the file */
            file: components["schemas"]["IFormFile"];
            /**
             * Format: double
             * @description seconds, of audio and video
             */
            duration?: number;
            /** @description of a voice message: a JSON array of at most 64 numbers, 0 to 100 */
            waveform?: string;
        };
        /**
         * @description A user, as others see them.
         * @example {
         *       "id": 1,
         *       "handle": "ann",
         *       "name": "Ann"
         *     }
         */
        User: {
            /** Format: int64 */
            id: number;
            handle: string;
            name: string;
            avatarUrl?: string;
            /** @description True of a guest who signed in just now; else absent. */
            guest?: boolean;
        };
        UserPage: {
            /** @description ordered by handle; a search that finds many may return fewer than asked for, even none, and a `next` */
            items: components["schemas"]["User"][];
            /** @description pass it as `after` to get the next page; absent on the last one */
            next?: string;
        };
        /** @enum {string} */
        Visibility: "public" | "private";
        /**
         * @description What the caller has begun to write in a room.
         * @example {
         *       "roomId": 1,
         *       "text": "Shall we sa",
         *       "replyTo": 17,
         *       "at": "2026-11-20T12:52:07.249Z"
         *     }
         */
        WrittenDraft: {
            /** Format: int64 */
            roomId: number;
            text: string;
            /**
             * Format: date-time
             * @description when it was changed; of two events about a room the one with the later time is right
             */
            at: string;
            /** Format: int64 */
            replyTo?: number;
        };
    };
    responses: {
        /** @description `internal`: The server failed. The operator can see why in its log. */
        "internal.unlimited": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `shutting-down`: The server is going down. Connect again in a moment. `unavailable`: The store does not answer. Send again later with the same key: what was stored all the same is not stored twice. */
        "shutting-down.unavailable.unlimited": {
            headers: {
                /**
                 * @description Seconds after which it is worth trying again.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `internal`: The server failed. The operator can see why in its log. */
        internal: {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `rate-limited`: Too many requests. Wait a moment. */
        "rate-limited": {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unavailable`: The store does not answer. Send again later with the same key: what was stored all the same is not stored twice. `shutting-down`: The server is going down. Connect again in a moment. */
        "unavailable.shutting-down": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds after which it is worth trying again.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `guest`: This is not for guests: it takes an account. */
        guest: {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid`: Some fields are not valid. */
        invalid: {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unauthenticated`: Sign in first: the access token is missing, wrong or expired. `session-ended`: This session has ended. Sign in again. */
        "unauthenticated.session-ended": {
            headers: {
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `forbidden`: You may not do this here. `guest`: This is not for guests: it takes an account. */
        "forbidden.guest": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `direct-room`: A direct room belongs to its two people for good: nobody comes, goes or changes it. `owner-present`: The owner has been here lately: only they hand the room over. */
        "direct-room.owner-present": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `malformed`: The request cannot be read. `invalid`: Some fields are not valid. */
        "malformed.invalid": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not-found`: There is nothing here that you may see. */
        "not-found": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `request-timeout`: The body did not arrive in time. */
        "request-timeout": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too-large`: This is larger than the server takes. */
        "too-large": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unsupported-media-type`: The body is not in a form that this address takes. */
        "unsupported-media-type": {
            headers: {
                Accept: components["headers"]["Accept"];
                "Accept-Encoding": components["headers"]["Accept-Encoding"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `storage-full`: The store is full. Nothing was saved; send again later with the same key. */
        "storage-full": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `signup-closed`: This server takes no new accounts. `cross-origin`: The cookie is for pages of this server alone. */
        "signup-closed.cross-origin": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `forbidden`: You may not do this here. */
        forbidden: {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `range-not-satisfiable`: There are no bytes in this range. */
        "range-not-satisfiable": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too-many-connections`: There are as many connections as the server takes. `rate-limited`: Too many requests. Wait a moment. */
        "too-many-connections.rate-limited": {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `handle-taken`: This handle is taken. */
        "handle-taken": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `wrong-credentials`: The handle or the password is wrong. */
        "wrong-credentials": {
            headers: {
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `cross-origin`: The cookie is for pages of this server alone. */
        "cross-origin": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `session-ended`: This session has ended. Sign in again. */
        "session-ended": {
            headers: {
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `blocked-by-you`: You block this person: lift the block first. `guest`: This is not for guests: it takes an account. */
        "blocked-by-you.guest": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too-many-contacts`: One of you has as many contacts as one person may: remove one first. `too-many-contact-requests`: As many requests for a contact are open as may be, yours or theirs: take one back, or wait. `asked-recently`: You asked this person not long ago, and they declined: ask again another day. */
        "too-many-contacts.too-many-contact-requests.asked-recently": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too-many-blocks`: You block as many people as one person may: lift a block first. */
        "too-many-blocks": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too-many-rooms`: One person would be in more rooms than they may be. Leave one first. `room-full`: This room has as many members as it may have. `too-many-pending-invitations`: Somebody has as many invitations to rooms as they may have: they must accept or decline some. */
        "too-many-rooms.room-full.too-many-pending-invitations": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too-many-rooms`: One person would be in more rooms than they may be. Leave one first. */
        "too-many-rooms": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `may-not-write`: This person takes no messages from you. `blocked-by-you`: You block this person: lift the block first. `guest`: This is not for guests: it takes an account. */
        "may-not-write.blocked-by-you.guest": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `direct-room`: A direct room belongs to its two people for good: nobody comes, goes or changes it. */
        "direct-room": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `wrong-room-password`: The room's password is wrong or missing. `banned`: You are banned from this room. `guest`: This is not for guests: it takes an account. */
        "wrong-room-password.banned.guest": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too-many-rooms`: One person would be in more rooms than they may be. Leave one first. `room-full`: This room has as many members as it may have. */
        "too-many-rooms.room-full": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `owner-must-hand-over`: Make another member the owner first. `direct-room`: A direct room belongs to its two people for good: nobody comes, goes or changes it. */
        "owner-must-hand-over.direct-room": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `direct-room`: A direct room belongs to its two people for good: nobody comes, goes or changes it. `too-many-rooms`: One person would be in more rooms than they may be. Leave one first. `room-full`: This room has as many members as it may have. `too-many-pending-invitations`: Somebody has as many invitations to rooms as they may have: they must accept or decline some. */
        "direct-room.too-many-rooms.room-full.too-many-pending-invitations": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `direct-room`: A direct room belongs to its two people for good: nobody comes, goes or changes it. `too-many-bans`: This room has as many bans as it may have: lift one of them first. */
        "direct-room.too-many-bans": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `direct-room`: A direct room belongs to its two people for good: nobody comes, goes or changes it. `too-many-invitations`: This room has as many invitation links as it may have: revoke one of them first. */
        "direct-room.too-many-invitations": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `idempotency-key-reused`: This idempotency key was used for another message. */
        "idempotency-key-reused": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `read-only`: Only the owner and admins write in this room. `may-not-write`: This person takes no messages from you. `blocked-by-you`: You block this person: lift the block first. */
        "read-only.may-not-write.blocked-by-you": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `slow-mode`: This room is slow: wait before you send the next message. `rate-limited`: Too many requests. Wait a moment. */
        "slow-mode.rate-limited": {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `forbidden`: You may not do this here. `read-only`: Only the owner and admins write in this room. `may-not-write`: This person takes no messages from you. `blocked-by-you`: You block this person: lift the block first. */
        "forbidden.read-only.may-not-write.blocked-by-you": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not-editable`: This message was deleted or forwarded, is of the system, or is a poll: it stays as it is. */
        "not-editable": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unsupported-file`: This file is not what it seems to be. `unsupported-media-type`: The body is not in a form that this address takes. */
        "unsupported-file.unsupported-media-type": {
            headers: {
                Accept: components["headers"]["Accept"];
                "Accept-Encoding": components["headers"]["Accept-Encoding"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too-large`: This is larger than the server takes. `quota-exceeded`: You have as many files as one person may: delete some of them first. */
        "too-large.quota-exceeded": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `conflict`: This contradicts what is there already. */
        conflict: {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `precondition-failed`: It is not as the request demands. */
        "precondition-failed": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unsupported-file`: This file is not what it seems to be. */
        "unsupported-file": {
            headers: {
                Accept: components["headers"]["Accept"];
                "Accept-Encoding": components["headers"]["Accept-Encoding"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid`: Some fields are not valid. `malformed`: The request cannot be read. */
        "invalid.malformed": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not-editable`: This message was deleted or forwarded, is of the system, or is a poll: it stays as it is. `too-many-emoji`: This message has as many kinds of emoji as it may have: take one of them. `too-many-reactions`: You have given this message as many reactions as one person may: take one back first. */
        "not-editable.too-many-emoji.too-many-reactions": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `may-not-write`: This person takes no messages from you. `blocked-by-you`: You block this person: lift the block first. */
        "may-not-write.blocked-by-you": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too-many-stars`: You have starred as many messages as one person may: take a star off one first. */
        "too-many-stars": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `idempotency-key-reused`: This idempotency key was used for another message. `too-many-scheduled`: You have scheduled as many messages as one person may: cancel one first, or wait. */
        "idempotency-key-reused.too-many-scheduled": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `forbidden`: You may not do this here. `may-not-write`: This person takes no messages from you. `blocked-by-you`: You block this person: lift the block first. */
        "forbidden.may-not-write.blocked-by-you": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not-editable`: This message was deleted or forwarded, is of the system, or is a poll: it stays as it is. `too-many-pins`: This room has as many pinned messages as it may have: unpin one of them first. */
        "not-editable.too-many-pins": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `poll-closed`: This poll is closed: its votes stay as they are. */
        "poll-closed": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `anonymous-poll`: This poll is anonymous: nobody sees who voted for what. */
        "anonymous-poll": {
            headers: {
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /**
         * @description The address of the new resource, from the server's root.
         * @example /api/rooms/1
         */
        Location: string;
        /**
         * @description Seconds after which it is worth trying again.
         * @example 2
         */
        "Retry-After": number;
        /**
         * @description How to sign in (RFC 6750).
         * @example Bearer error="invalid_token"
         */
        "WWW-Authenticate": string;
        /**
         * @description The media type that a body must have.
         * @example application/json
         */
        Accept: string;
        /**
         * @description The only content coding that a body may have.
         * @example identity
         */
        "Accept-Encoding": string;
        /**
         * @description The policies that this request counts against: `q` requests at once, and as many again in `w` seconds.
         * @example "user";q=300;w=3
         */
        "RateLimit-Policy": string;
        /**
         * @description The rest of each policy: `r` requests now, and one more within `t` seconds.
         * @example "user";r=299;t=1
         */
        RateLimit: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
            500: components["responses"]["internal.unlimited"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
            500: components["responses"]["internal.unlimited"];
            503: components["responses"]["shutting-down.unavailable.unlimited"];
        };
    };
    getPublicKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicKeySet"];
                };
            };
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /**
                 * @description Text that the name contains, in any case; absent: all.
                 * @example har
                 */
                q?: string;
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["guest"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    listMyRooms: {
        parameters: {
            query?: {
                /**
                 * @description Only the rooms that you have hidden.
                 * @example true
                 */
                hidden?: boolean;
                /**
                 * @description Only your favourites.
                 * @example true
                 */
                favourite?: boolean;
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    followOwner: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["OwnerChange"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden.guest"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["direct-room.owner-present"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    viewInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The code of an invitation.
                 * @example b1JkQ2x0V0tqNnhQd3pZbUR0
                 */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationView"];
                };
            };
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    revokeInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The code of an invitation.
                 * @example b1JkQ2x0V0tqNnhQd3pZbUR0
                 */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    enterAsGuest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GuestRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            403: components["responses"]["signup-closed.cross-origin"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listOwnFiles: {
        parameters: {
            query?: {
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedFilePage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    listRoomFiles: {
        parameters: {
            query?: {
                /**
                 * @description Of this kind alone.
                 * @example image
                 */
                kind?: string;
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomFilePage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    search: {
        parameters: {
            query?: {
                /**
                 * @description What to search for, at most 500 characters.
                 * @example harbour from:@ben
                 */
                q?: string;
                /**
                 * @description In this room alone.
                 * @example 1
                 */
                roomId?: string;
                /**
                 * @description `newest` (the default), or `best`: of the newest 10,000, those that say little else, and lately.
                 * @example best
                 */
                sort?: string;
                /**
                 * @description The `next` of the page before, of the same search; absent: the first page.
                 * @example 0pX5m2Vh8Qk3rT1cYb7NfKd9WqLzAeUoJg6sHiMxvRPnBtCwSyDlEjFaGuM
                 */
                before?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    removePreviews: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    getPreviewPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Its id.
                 * @example 3
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": components["schemas"]["Stream"];
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": components["schemas"]["Stream"];
                };
            };
            /** @description Found */
            302: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Modified */
            304: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            416: components["responses"]["range-not-satisfiable"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    getPresence: {
        parameters: {
            query?: {
                /**
                 * @description 1 to 200 user ids, with commas between them.
                 * @example 1,2
                 */
                userIds?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PresenceList"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    setTyping: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TypingState"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    streamRoomEvents: {
        parameters: {
            query?: {
                /**
                 * @description The seq of the last event that you have, or 0; absent: from now on.
                 * @example 17
                 */
                after?: number;
                /**
                 * @description As `after`, which it overrides: some clients resume by it.
                 * @example 17
                 */
                lastEventId?: number;
            };
            header?: {
                /**
                 * @description As `lastEventId`, which it overrides: a browser sends it when it connects again.
                 * @example 17
                 */
                "Last-Event-ID"?: number;
            };
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["too-many-connections.rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    streamRooms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["too-many-connections.rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    streamUserEvents: {
        parameters: {
            query?: {
                /**
                 * @description People whose presence the stream tells too: 1 to 200 user ids, with commas between them.
                 * @example 1,2
                 */
                presence?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["too-many-connections.rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    endOtherSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Its id.
                 * @example 3
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    signUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignupRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            403: components["responses"]["signup-closed.cross-origin"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["handle-taken"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    logIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["wrong-credentials"];
            403: components["responses"]["cross-origin"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    refreshTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["session-ended"];
            403: components["responses"]["cross-origin"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    logOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    getProfile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    deleteAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AccountDeletion"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    changeProfile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listContacts: {
        parameters: {
            query?: {
                /**
                 * @description Those in this state only.
                 * @example incoming
                 */
                state?: string;
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    askContact: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContactRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["blocked-by-you.guest"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["too-many-contacts.too-many-contact-requests.asked-recently"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    removeContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 2
                 */
                userId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    changeContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 2
                 */
                userId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContactChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listBlocks: {
        parameters: {
            query?: {
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    addBlock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 2
                 */
                userId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            409: components["responses"]["too-many-blocks"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    removeBlock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 2
                 */
                userId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listRooms: {
        parameters: {
            query?: {
                /**
                 * @description Text that the name contains, in any case; absent: all.
                 * @example har
                 */
                q?: string;
                /**
                 * @description The order.
                 * @example activity
                 */
                sort?: "activity" | "newest" | "members" | "name";
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    createRoom: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRoom"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["guest"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["too-many-rooms.room-full.too-many-pending-invitations"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    openDirectRoom: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DirectRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["may-not-write.blocked-by-you.guest"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["too-many-rooms"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    getRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    deleteRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            409: components["responses"]["direct-room"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    changeRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoomChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["direct-room"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    joinRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["JoinRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["wrong-room-password.banned.guest"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["too-many-rooms.room-full"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    leaveRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            409: components["responses"]["owner-must-hand-over.direct-room"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listMembers: {
        parameters: {
            query?: {
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    inviteMembers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Invitation"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden.guest"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["direct-room.too-many-rooms.room-full.too-many-pending-invitations"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    removeMember: {
        parameters: {
            query?: {
                /**
                 * @description Ban the user, a member or not, until the ban is lifted.
                 * @example true
                 */
                ban?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The user's id.
                 * @example 2
                 */
                userId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            409: components["responses"]["direct-room.too-many-bans"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    changeRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The user's id.
                 * @example 2
                 */
                userId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleChange"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden.guest"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["owner-must-hand-over.direct-room"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listBans: {
        parameters: {
            query?: {
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BanPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            409: components["responses"]["direct-room"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    banUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The user's id.
                 * @example 2
                 */
                userId: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["BanRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["direct-room.too-many-bans"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    liftBan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The user's id.
                 * @example 2
                 */
                userId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            409: components["responses"]["direct-room"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listMyInvitations: {
        parameters: {
            query?: {
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomInvitationPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    acceptMyInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            409: components["responses"]["too-many-rooms.room-full"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    declineMyInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listInvitations: {
        parameters: {
            query?: {
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            409: components["responses"]["direct-room"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    makeInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewInvitationLink"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationLink"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden.guest"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["direct-room.too-many-invitations"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The code of an invitation.
                 * @example b1JkQ2x0V0tqNnhQd3pZbUR0
                 */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            409: components["responses"]["too-many-rooms.room-full"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listMessages: {
        parameters: {
            query?: {
                /**
                 * @description The messages before this seq, the newest of them.
                 * @example 120
                 */
                before?: number;
                /**
                 * @description The messages behind this seq, the oldest of them.
                 * @example 17
                 */
                after?: number;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
                /**
                 * @description The messages around this seq: half of the page before it. Without before and after.
                 * @example 120
                 */
                around?: number;
                /**
                 * @description The messages around the first one at or after this time (RFC 3339). Alone.
                 * @example 2026-11-20T00:00:00Z
                 */
                at?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The sender's own key, 1 to 128 bytes: a retry stores nothing twice.
                 * @example 0b6f3c1e
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMessage"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["read-only.may-not-write.blocked-by-you"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["idempotency-key-reused"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["slow-mode.rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    getMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    deleteMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            409: components["responses"]["not-editable"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    editMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden.read-only.may-not-write.blocked-by-you"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["not-editable"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listReplies: {
        parameters: {
            query?: {
                /**
                 * @description The messages before this seq, the newest of them.
                 * @example 120
                 */
                before?: number;
                /**
                 * @description The messages behind this seq, the oldest of them.
                 * @example 17
                 */
                after?: number;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    uploadFile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["UploadedForm"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentFile"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large.quota-exceeded"];
            415: components["responses"]["unsupported-file.unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    getFileLimits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileLimits"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    getFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Its id.
                 * @example 3
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": components["schemas"]["Stream"];
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": components["schemas"]["Stream"];
                };
            };
            /** @description Found */
            302: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Modified */
            304: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            416: components["responses"]["range-not-satisfiable"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    deleteFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Its id.
                 * @example 3
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            409: components["responses"]["conflict"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    getSmallPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Its id.
                 * @example 3
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": components["schemas"]["Stream"];
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": components["schemas"]["Stream"];
                };
            };
            /** @description Found */
            302: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Modified */
            304: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            416: components["responses"]["range-not-satisfiable"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    getLargePicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Its id.
                 * @example 3
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": components["schemas"]["Stream"];
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": components["schemas"]["Stream"];
                };
            };
            /** @description Found */
            302: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Modified */
            304: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            416: components["responses"]["range-not-satisfiable"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    beginUpload: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Bytes that the file has.
                 * @example 48213
                 */
                "Upload-Length"?: string;
                /**
                 * @description What the uploader says: keys, each with a value in base64.
                 * @example filename YS5wZGY=
                 */
                "Upload-Metadata"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["too-large.quota-exceeded"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    describeUploads: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    getUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Its id.
                 * @example 3
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResumableUpload"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["too-large.quota-exceeded"];
            415: components["responses"]["unsupported-file"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    endUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Its id.
                 * @example 3
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    continueUpload: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Bytes that are there already.
                 * @example 16384
                 */
                "Upload-Offset"?: string;
            };
            path: {
                /**
                 * @description Its id.
                 * @example 3
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/offset+octet-stream": components["schemas"]["Stream"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["conflict"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["too-large.quota-exceeded"];
            415: components["responses"]["unsupported-file.unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    presignUpload: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PresignedUploadRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PresignedUpload"];
                };
            };
            400: components["responses"]["invalid.malformed"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large.quota-exceeded"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    completePresignedUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Its id.
                 * @example 3
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentFile"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too-large.quota-exceeded"];
            415: components["responses"]["unsupported-file"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listReactions: {
        parameters: {
            query?: {
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
                /**
                 * @description Only reactions with this emoji; absent: all.
                 * @example 👍
                 */
                emoji?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GivenReactionPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    addReaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
                /**
                 * @description One emoji, percent-encoded; any spelling of it means the same.
                 * @example 👍
                 */
                emoji: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["may-not-write.blocked-by-you"];
            404: components["responses"]["not-found"];
            409: components["responses"]["not-editable.too-many-emoji.too-many-reactions"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    removeReaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
                /**
                 * @description One emoji, percent-encoded; any spelling of it means the same.
                 * @example 👍
                 */
                emoji: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            409: components["responses"]["not-editable"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listMentions: {
        parameters: {
            query?: {
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MentionPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    addStar: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            409: components["responses"]["too-many-stars"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    removeStar: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listStars: {
        parameters: {
            query?: {
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StarPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    listDrafts: {
        parameters: {
            query?: {
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DraftPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    keepDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DraftChange"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    removeDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    scheduleMessage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The sender's own key, 1 to 128 bytes: a retry stores nothing twice.
                 * @example 0b6f3c1e
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewScheduled"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledMessage"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledMessage"];
                };
            };
            400: components["responses"]["invalid.malformed"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["read-only.may-not-write.blocked-by-you"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["idempotency-key-reused.too-many-scheduled"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listScheduled: {
        parameters: {
            query?: {
                /**
                 * @description Those of this room alone.
                 * @example 1
                 */
                roomId?: number;
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    getScheduled: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a scheduled message of yours.
                 * @example 5
                 */
                scheduledId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledMessage"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    cancelScheduled: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a scheduled message of yours.
                 * @example 5
                 */
                scheduledId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    changeScheduled: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a scheduled message of yours.
                 * @example 5
                 */
                scheduledId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScheduledChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledMessage"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    changeOwnSettings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoomSettingsChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomSettings"];
                };
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listPins: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PinList"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    pinMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden.may-not-write.blocked-by-you"];
            404: components["responses"]["not-found"];
            409: components["responses"]["not-editable.too-many-pins"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    unpinMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    createPoll: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The sender's own key, 1 to 128 bytes: a retry stores nothing twice.
                 * @example 0b6f3c1e
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPoll"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["invalid.malformed"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["read-only.may-not-write.blocked-by-you"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["idempotency-key-reused"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["slow-mode.rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    votePoll: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PollVote"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid.malformed"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["may-not-write.blocked-by-you"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["poll-closed"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    takeVoteBack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            409: components["responses"]["poll-closed"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    closePoll: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listVoters: {
        parameters: {
            query?: {
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
                /**
                 * @description The option's id in its poll.
                 * @example 1
                 */
                optionId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PollVoterPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["anonymous-poll"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    listNodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeList"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    listAllUsers: {
        parameters: {
            query?: {
                /**
                 * @description What the handle begins with, or # and the number that the log has; absent: all.
                 * @example be
                 */
                query?: string;
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminUserPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    endUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 2
                 */
                userId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    changeSiteRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 2
                 */
                userId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SiteRoleChange"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listAllRooms: {
        parameters: {
            query?: {
                /**
                 * @description Text that the name contains, in any case, or # and the number that the log has; absent: all.
                 * @example har
                 */
                query?: string;
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminRoomPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    listNodePoints: {
        parameters: {
            query?: {
                /**
                 * @description The number of the last point that you have; absent: all points.
                 * @example 12
                 */
                after?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The node's id.
                 * @example 0198e0a2-7d0c-4f3e-9f5c-0a1b2c3d4e5f
                 */
                nodeId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodePoints"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    listSlowQueries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The node's id.
                 * @example 0198e0a2-7d0c-4f3e-9f5c-0a1b2c3d4e5f
                 */
                nodeId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlowQueries"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    listNodeErrors: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The node's id.
                 * @example 0198e0a2-7d0c-4f3e-9f5c-0a1b2c3d4e5f
                 */
                nodeId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoggedErrors"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    drainNode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The node's id.
                 * @example 0198e0a2-7d0c-4f3e-9f5c-0a1b2c3d4e5f
                 */
                nodeId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    setLogLevel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The node's id.
                 * @example 0198e0a2-7d0c-4f3e-9f5c-0a1b2c3d4e5f
                 */
                nodeId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogLevelChange"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    getReadState: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomReadState"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    markRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReadRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed.invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            408: components["responses"]["request-timeout"];
            413: components["responses"]["too-large"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
    listReaders: {
        parameters: {
            query?: {
                /**
                 * @description The `next` of the page before; absent: the first page.
                 * @example MTc6
                 */
                after?: string;
                /**
                 * @description Items of the page at most.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The room's id.
                 * @example 1
                 */
                roomId: number;
                /**
                 * @description The message's position in the room's log.
                 * @example 17
                 */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReaderPage"];
                };
            };
            400: components["responses"]["invalid"];
            401: components["responses"]["unauthenticated.session-ended"];
            404: components["responses"]["not-found"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    getUnread: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnreadTotal"];
                };
            };
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
        };
    };
    markAllRead: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated.session-ended"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable.shutting-down"];
            507: components["responses"]["storage-full"];
        };
    };
}
